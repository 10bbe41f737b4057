def predict_fn(rows, model): return model.predict(rows)
