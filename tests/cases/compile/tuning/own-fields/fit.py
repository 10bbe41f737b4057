print('auc=0.5')
