"""A mail server on loopback: takes what is sent to it over TLS, from whoever knows the password."""

import email
import email.policy
import queue
import ssl
import subprocess

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from placet_server import quiet_port

#: A name of this machine for which TLS may not be left out.
HOST = "mail.localhost"
USER, PASSWORD = "placet@example.org", "pass word ü"


class MailServer:
    """Mails that it takes are in `mails`, parsed; `answer` is what it says to a recipient instead of taking one."""

    def __init__(self, folder, password=PASSWORD):
        self.mails, self.answer, self.password = queue.Queue(), None, password
        self.certificate = str(folder / "certificate.pem")
        key = str(folder / "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", key, "-out", self.certificate],
            check=True, capture_output=True)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        self.port = quiet_port()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, tls_context=tls, require_starttls=True, auth_required=True,
            authenticator=self._authenticate)
        self._controller.start()

    def settings(self, **more):
        """Those of a server that sends its mails here."""
        return {"PLACET_SMTP_URL": f"smtp://{USER}@{HOST}:{self.port}", "PLACET_SMTP_PASSWORD": self.password,
                "PLACET_SMTP_FROM": "Placet Ü <placet@example.org>", "PLACET_SMTP_CA_FILE": self.certificate} | more

    def close(self):
        if not self._controller.loop.is_closed():
            self._controller.stop()

    def _authenticate(self, _server, _session, _envelope, _mechanism, data):
        is_right = (data.login, data.password) == (USER.encode(), self.password.encode())
        return AuthResult(success=is_right, handled=False)

    # What the controller asks of its handler.

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server, _session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        mail.envelope = (envelope.mail_from, envelope.rcpt_tos)
        self.mails.put(mail)
        return "250 taken"
