"""Configuration: one typed table of settings, read from a file, the environment and the command line."""

import ipaddress
import math
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

PREFIX = "MIDFLOW_"
HIGHEST_PORT = 65_535

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ConfigError(ValueError):
    """A wrong configuration, in one line: where, what, and the remedy."""


def _setting(default: Any, doc: str, *, least: float = 0) -> Any:
    return field(default=default, metadata={"doc": doc, "least": least})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting there is. The names are those of the file; the environment's are `MIDFLOW_<NAME>`."""

    data: Path = _setting(Path("midflow-data"), "folder that holds all data of this installation")
    database_url: str = _setting(
        "", "PostgreSQL for the store (postgresql://...); SQLite in the data folder where empty"
    )
    host: str = _setting("127.0.0.1", "address to listen on; 0.0.0.0 for all")
    port: int = _setting(8600, "port to listen on", least=1)
    base_url: str = _setting("", "address under which people reach it; http://HOST:PORT where empty")
    trusted_proxies: str = _setting(
        "", "addresses or networks of proxies in front, with commas; what they say of the caller is believed"
    )
    log_level: str = _setting("info", "debug, info, warning or error")
    log_format: str = _setting("auto", "text, json, or auto: text on a terminal, json elsewhere")
    demo: bool = _setting(False, "the sample organisation, with its helpdesk at /demo/")
    max_body_bytes: int = _setting(1_048_576, "largest body of a request, in bytes", least=1)
    record_max_body_bytes: int = _setting(
        16_777_216,
        "largest body of a request to the record (/xapi/), attachments included, in bytes",
        least=1,
    )
    max_batch: int = _setting(1000, "most events in one request", least=1)
    rate_per_minute: int = _setting(600_000, "most events a minute with one key; 0 for no bound")
    stream_keep_alive_seconds: float = _setting(
        15.0, "seconds after which an idle stream gets a sign of life", least=0.1
    )
    source_secrets: Mapping[str, str] = field(
        default_factory=dict[str, str],
        metadata={
            "doc": 'secrets of webhooks: [sources.NAME] secret = "...", or MIDFLOW_SOURCES_NAME_SECRET'
        },
    )

    @property
    def local_url(self) -> str:
        """Where a program on this machine reaches the edge."""
        every = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
        return f"http://{_bracketed(every.get(self.host, self.host))}:{self.port}"


SIMPLE = {item.name: item for item in fields(Settings) if item.name != "source_secrets"}
CHOICES = {"log_level": ("debug", "info", "warning", "error"), "log_format": ("auto", "text", "json")}


@dataclass(frozen=True)
class Loaded:
    """The settings in force, and where each that is not a default comes from."""

    settings: Settings
    origins: Mapping[str, str]


def load(arguments: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Loaded:
    """Return the settings: defaults, then the file, then the environment, then the command line.

    `arguments` are those given on the command line, None for one that is not;
    `config` names the file, DATA/midflow.toml otherwise. Raises ConfigError.
    """
    environment = os.environ if environment is None else environment
    given = {name: value for name, value in arguments.items() if name in SIMPLE and value is not None}
    from_environment, secrets = _environment(environment)
    data = Path(given.get("data") or from_environment.get("data") or Settings.data)
    path = Path(arguments.get("config") or environment.get(f"{PREFIX}CONFIG") or data / "midflow.toml")
    from_file, file_secrets = _file(path, required=bool(arguments.get("config")))
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer, origin in ((from_file, str(path)), (from_environment, "environment"), (given, "command line")):
        for name, value in layer.items():
            values[name] = _typed(name, value, origin)
            origins[name] = origin
    values = {"data": data, **values, "source_secrets": {**file_secrets, **secrets}}
    return Loaded(_complete(Settings(**values)), origins)


def _complete(settings: Settings) -> Settings:
    if settings.port > HIGHEST_PORT:
        raise ConfigError(f"port: {settings.port} is no port; choose one from 1 to {HIGHEST_PORT}.")
    networks(settings.trusted_proxies)
    if settings.database_url and not settings.database_url.startswith(("postgresql://", "postgres://")):
        raise ConfigError("database_url: it must begin with postgresql://, or be empty for SQLite.")
    changes: dict[str, Any] = {"data": settings.data.expanduser().resolve()}
    if not settings.base_url:
        nearby = ("0.0.0.0", "::", "127.0.0.1", "::1")  # noqa: S104 - compared, not bound
        host = "localhost" if settings.host in nearby else _bracketed(settings.host)
        changes["base_url"] = f"http://{host}:{settings.port}"
    elif not settings.base_url.startswith(("http://", "https://")):
        raise ConfigError(f"base_url: '{settings.base_url}' must begin with http:// or https://.")
    else:
        changes["base_url"] = settings.base_url.rstrip("/")
    return replace(settings, **changes)


def networks(text: str) -> tuple[Network, ...]:
    """Return the networks of `trusted_proxies`; an address is a network of one. Raises ConfigError."""
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ConfigError(f"trusted_proxies: {error}.") from None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _environment(environment: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    values: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for key, value in environment.items():
        name = key.removeprefix(PREFIX).lower()
        # A variable that is set to nothing is how many tools write one that is not set.
        if not key.startswith(PREFIX) or name == "config" or not value:
            continue
        if name.startswith("sources_") and name.endswith("_secret"):
            secrets[name.removeprefix("sources_").removesuffix("_secret")] = value
        elif name in SIMPLE:
            values[name] = value
        else:
            raise ConfigError(f"environment: {key} is no setting.{closest(name, SIMPLE)}")
    return values, secrets


def _file(path: Path, *, required: bool) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        if required:
            raise ConfigError(f"{path} is not there; name another --config.") from None
        return {}, {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    sources = table.pop("sources", {})
    for name in table:
        if name not in SIMPLE:
            raise ConfigError(f"{path}: '{name}' is no setting.{closest(name, SIMPLE)}")
    return table, _secrets(path, sources)


def _secrets(path: Path, sources: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    if not isinstance(sources, dict):
        raise ConfigError(f"{path}: sources are tables: [sources.NAME].")
    for name, table in sources.items():
        if not isinstance(table, dict) or set(table) != {"secret"} or not isinstance(table["secret"], str):
            raise ConfigError(f'{path}: [sources.{name}] holds one line: secret = "...".')
        found[name] = table["secret"]
    return found


def closest(name: str, known: Iterable[str]) -> str:
    """Return what to say of a name that is not known: the one that was meant, or all there are."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return f" Did you mean '{close[0]}'?" if close else f" Known: {', '.join(names)}."


def _typed(name: str, value: Any, origin: str) -> Any:
    """Return a value in its setting's type; text is read, anything else must have the type already."""
    kind: type[Any] = type(SIMPLE[name].default)
    readers: dict[type[Any], Callable[[Any], Any]] = {bool: _boolean, int: _whole, float: _number}
    try:
        typed = readers.get(kind, _text)(value)
    except (TypeError, ValueError):
        words = {bool: "true or false", int: "a whole number", float: "a number"}.get(kind, "text")
        raise ConfigError(f"{origin}: {name} must be {words}, not {value!r}.") from None
    least = SIMPLE[name].metadata["least"]
    if kind in (int, float) and typed < least:
        raise ConfigError(f"{origin}: {name} must be at least {least:g}, not {value!r}.")
    if name in CHOICES and typed not in CHOICES[name]:
        raise ConfigError(f"{origin}: {name} must be one of {', '.join(CHOICES[name])}, not {value!r}.")
    return Path(typed) if issubclass(kind, Path) else typed


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if str(value).lower() not in known:
        raise ValueError
    return known[str(value).lower()]


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _text(value: Any) -> Any:
    if not isinstance(value, str | Path) or "\0" in str(value):
        raise TypeError
    return str(value)
