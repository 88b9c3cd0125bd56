"""The record."""

from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "midflow.studio.record"
    label = "record"
    verbose_name = "Record"
