"""Who may sign in. Who a person is at work stands in the store, not here."""

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class Users(BaseUserManager):
    """Makes users; an address is the same however it is capitalised."""

    use_in_migrations = True

    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractUser):
    """A sign-in, named by its e-mail address."""

    username = None
    email = models.EmailField("e-mail address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = Users()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_address")]
        permissions = [
            ("see_boards", "Can see boards of groups"),
            ("manage_people", "Can see people and say whose an account is"),
            ("see_record", "Can look at the statements of the record"),
        ]

    def save(self, *args, **kwargs):
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)
