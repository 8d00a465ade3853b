"""The folder of inputs that findings are drafted from."""
