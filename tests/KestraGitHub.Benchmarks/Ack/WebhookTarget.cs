using System.Globalization;
using System.Text.Json;
using KestraGitHub.Benchmarks.Measuring;

namespace KestraGitHub.Benchmarks.Ack;

/// <summary>
/// Debian's <c>webhook</c> with its defaults: it answers at once and starts a command for each call behind that. The command is as cheap as one
/// can be that counts: it writes one byte to the end of a file.
/// </summary>
internal sealed class WebhookTarget() : Target("webhook 2.8.0")
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private Child? _child;
    private string _count = "";

    public override IReadOnlyList<string> Paths { get; } = ["/hooks/push"];

    public override int Id => _child!.Id;

    public override TimeSpan WarmUp => TimeSpan.FromSeconds(2); // It is compiled; and what it takes in now it must work off first.

    public override long WarmUpCalls => 0;

    public override async Task StartAsync(string folder)
    {
        _count = Path.Combine(folder, "count");
        await File.WriteAllTextAsync(_count, "");
        var script = Path.Combine(folder, "done.sh");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\nprintf x >> {_count}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var hooks = Path.Combine(folder, "hooks.json");
        await File.WriteAllTextAsync(hooks, JsonSerializer.Serialize(new[] { Hook(script) }));
        _child = Child.Start(
            Path.Combine(folder, "webhook.log"), "webhook",
            ["-hooks", hooks, "-ip", "127.0.0.1", "-port", Url.Port.ToString(CultureInfo.InvariantCulture)]);
        await BareServer.ListensAsync(Url, _child);
    }

    /// <summary>Under load some commands cannot be started, and webhook drops them: it is done when none runs and the count stands still.</summary>
    public override async Task<long?> DrainAsync(long accepted)
    {
        await Until.SettledAsync(
            () => Done >= accepted ? long.MaxValue : Done + Proc.Descendants(Id).Count(), Quiet, Patience, () => $"webhook carried out {Done} of {accepted} commands.");
        if (Done < accepted) Report.Line($"webhook never carried out {accepted - Done} of the {accepted} commands that it accepted");
        return Done;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_child is not null) await _child.DisposeAsync();
    }

    private long Done => new FileInfo(_count).Length;

    private static Dictionary<string, object> Hook(string script) => new()
    {
        ["id"] = "push",
        ["execute-command"] = script,
        ["trigger-rule"] = new
        {
            match = new
            {
                type = "payload-hmac-sha256", secret = Service.WebhookSecret, parameter = new { source = "header", name = "X-Hub-Signature-256" },
            },
        },
    };
}
