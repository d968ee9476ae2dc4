"""Rows of signing in and of one's own security: allauth's pages, opened by the settings' list."""

from tests.house.rows_shape import PUBLIC, SHUT, Row, one, status

SOME = status(200, 302)
KEY = {"key": "wrong-key"}

ROWS: tuple[Row, ...] = (
    Row("account_login", PUBLIC, get=SOME, post=SOME, answers_all=True),
    Row("account_logout", PUBLIC, get=SOME, post=status(302), answers_all=True),
    Row("account_inactive", PUBLIC, get=SOME),
    Row("account_signup", PUBLIC, get=SOME, post=SOME, answers_all=True),
    Row("account_reauthenticate", get=SOME, post=SOME, answers_all=True),
    Row("account_email", get=SOME, post=SOME, answers_all=True),
    Row("account_email_verification_sent", PUBLIC, get=SOME),
    Row("account_change_password", get=SOME, post=SOME, answers_all=True),
    Row("account_set_password", get=SOME, post=SOME, answers_all=True),
    Row("account_reset_password", PUBLIC, get=SOME, post=SOME, answers_all=True),
    Row("account_reset_password_done", PUBLIC, get=SOME),
    Row(
        "account_reset_password_from_key", PUBLIC, get=SOME, post=SOME, targets=one(uidb36="1", **KEY), answers_all=True
    ),
    Row("account_reset_password_from_key_done", PUBLIC, get=SOME),
    Row("account_confirm_email", PUBLIC, get=SOME, post=status(200, 302, 404), targets=one(**KEY), answers_all=True),
    Row("account_confirm_login_code", SHUT),
    Row("mfa_index", get=SOME),
    Row("mfa_authenticate", PUBLIC, get=SOME, post=SOME, answers_all=True),
    Row("mfa_reauthenticate", get=SOME, post=SOME, answers_all=True),
    Row("mfa_activate_totp", get=SOME, post=SOME, answers_all=True),
    Row("mfa_deactivate_totp", get=status(200, 302, 404), post=status(200, 302, 404), answers_all=True),
    Row("mfa_view_recovery_codes", get=status(200, 302, 404)),
    Row("mfa_generate_recovery_codes", get=status(200, 302), post=status(200, 302), answers_all=True),
    Row("mfa_download_recovery_codes", get=status(404), post=status(404), answers_all=True),
    Row("usersessions_list", get=SOME, post=SOME, answers_all=True),
)
