from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='user',
            options={'permissions': [('see_boards', 'Can see boards of groups'), ('manage_people', 'Can see people and say whose an account is'), ('see_record', 'Can look at the statements of the record')]},
        ),
    ]
