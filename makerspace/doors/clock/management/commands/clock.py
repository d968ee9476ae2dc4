"""manage.py clock: the worker. It ticks, makes papers and sends letters until it is told to stop."""

from makerspace.doors.clock import worker
from makerspace.web.commands import PlainCommand


class Command(PlainCommand):
    """Runs until SIGTERM or SIGINT, and then ends as soon as the step under way is done."""

    help = "后台时钟：每20秒处理到期事项，随时生成公文、发送消息。"

    def handle(self, *args: object, **options: str | None) -> None:
        """Work."""
        self.stdout.write("时钟已启动。")
        worker.run()
        self.stdout.write("时钟已停止。")
