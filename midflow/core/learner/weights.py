"""What each number of the response model weighs. Learned elsewhere, shipped as data, refused when broken."""

from math import isfinite

import msgspec

FEATURES = (
    "item_logit", "item_offset", "skill_logit", "log_item_answers",
    "log_wins", "log_fails",
    "log_skill_wins", "log_skill_fails", "log_item_wins", "log_item_fails",
    "ability", "skill_ability", "surprise_fast", "surprise_slow", "skill_surprise",
    "first_on_skill", "first_on_item",
    "last_on_skill",
    "ability_x_log_item_answers", "ability_x_ease", "skill_ability_x_ease",
    "after_run", "after_skill_run", "after_run_on_this_skill", "after_item_run",
    "log_recent_skill_wins", "log_recent_skill_fails",
    "recall_logit", "log_stability", "log_hours_skill", "log_hours_any", "log_hours_item",
)  # fmt: skip
"""The names of the numbers, in the order in which `response.look` gives them."""


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """`values` in the order of `FEATURES`; `scale`: the standard deviation of each number where they were learned.

    A number that did not vary there has scale 0 and weight 0. Raises ValueError
    for another count than the features', and for what is no finite number.
    """

    bias: float
    values: tuple[float, ...]
    scale: tuple[float, ...]

    def __post_init__(self) -> None:
        for name, numbers in (("values", self.values), ("scale", self.scale)):
            if len(numbers) != len(FEATURES):
                raise ValueError(f"weights need {len(FEATURES)} {name}, not {len(numbers)}")
            wrong = [f for f, number in zip(FEATURES, numbers, strict=True) if not isfinite(number)]
            if wrong:
                raise ValueError(f"weights are refused: {name} of {', '.join(wrong)} is no finite number")
        if not isfinite(self.bias):
            raise ValueError("weights are refused: the bias is no finite number")


UNLEARNED = Weights(bias=0.0, values=(0.0,) * len(FEATURES), scale=(1.0,) * len(FEATURES))
"""What is believed before anything was learned anywhere."""


class Calibration(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line through the model's logits, learned online where the model is used.

    Shipped weights rank well and promise badly in another organisation. Bias
    and slope start at 0 and 1 with a variance each and a `covariance`, and
    each answer moves them by one step of a Kalman filter on the logit.
    """

    bias: float = 0.0
    slope: float = 1.0
    bias_variance: float = 0.5
    covariance: float = 0.0
    slope_variance: float = 0.1


def calibrated(line: Calibration, logit: float) -> float:
    """Return the logit as this organisation's answers have it."""
    return line.bias + line.slope * logit


def recalibrated(line: Calibration, logit: float, right: bool, expected: float) -> Calibration:
    """Return the line after an answer that was `expected`, a chance in (0, 1), at the model's `logit`."""
    weight = max(expected * (1.0 - expected), 1e-3)
    along_bias = line.bias_variance + line.covariance * logit
    along_slope = line.covariance + line.slope_variance * logit
    step = 1.0 / (1.0 + weight * (along_bias + along_slope * logit))
    error = right - expected
    return Calibration(
        line.bias + along_bias * step * error,
        line.slope + along_slope * step * error,
        line.bias_variance - weight * step * along_bias * along_bias,
        line.covariance - weight * step * along_bias * along_slope,
        line.slope_variance - weight * step * along_slope * along_slope,
    )


class Shift(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How far answers after one kind of history lie off the line, on the logit; learned online as `Calibration` is.

    Where items come back again and again, as reviews do, what happened on the
    item before says more than any weights that were learned elsewhere.
    """

    offset: float = 0.0
    information: float = 5.0


def shifted(shift: Shift, right: bool, expected: float) -> Shift:
    """Return the shift after an answer that was `expected`, the shift included: one Newton step."""
    information = shift.information + expected * (1.0 - expected)
    return Shift(shift.offset + (right - expected) / information, information)
