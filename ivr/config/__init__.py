"""YAML of one site in, one frozen `Configuration` out, or every problem at once.

    configuration = load(Path("firmware_config/demo"))      raises ConfigError

source.py reads YAML with places, schema*.py says what each file may hold, compile.py resolves
every name. Only this package knows YAML or pydantic.
"""
