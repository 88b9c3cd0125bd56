"""Back-tests and simulators behind `midflow evaluate`: what the models are worth on data of yours.

A module for each subject, with `run(args, say) -> Finding`; the command line lists them.
"""
