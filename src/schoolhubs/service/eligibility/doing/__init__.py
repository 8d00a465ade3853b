"""What is done with an application, a module each: send, assess, decide; what all change with."""
