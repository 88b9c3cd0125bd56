"""Boards."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "midflow.studio.boards"
    label = "boards"
    verbose_name = "Boards"
