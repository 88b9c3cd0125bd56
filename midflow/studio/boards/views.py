"""The board: what groups did and were shown."""

import time

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from midflow.flow.board import DAYS, FEWEST_PEOPLE, read_board
from midflow.studio.storage import store


@require_safe
@login_required
@permission_required("accounts.see_boards", raise_exception=True)
def board(request):
    """Show every group's counts; reading them is written down."""
    groups = read_board(store(), reader=request.user.email, now=time.time())
    context = {"groups": groups, "days": DAYS, "fewest": FEWEST_PEOPLE}
    return render(request, "boards/board.html", context)
