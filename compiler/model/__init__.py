"""Our language and its programs, typed: kinds of fields, values, steps, the pipeline, the program."""
