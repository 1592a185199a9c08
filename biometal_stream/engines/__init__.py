"""Runs tasks on several machines. Independent of reads."""

from __future__ import annotations

from biometal_stream.engines.base import Engine
from biometal_stream.engines.choose import engine_for
from biometal_stream.engines.ray import RayEngine
from biometal_stream.engines.spark import SparkEngine

__all__ = ["Engine", "RayEngine", "SparkEngine", "engine_for"]
