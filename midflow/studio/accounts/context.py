"""What every page of ours may say."""

from django.conf import settings


def page(request):
    """Whether this is the sample organisation, with its sign-ins."""
    from midflow.studio.sample import read_sample

    signins = read_sample()["signins"] if settings.DEMO and request.path.startswith("/accounts/login") else ()
    return {"sample": settings.DEMO, "signins": signins}
