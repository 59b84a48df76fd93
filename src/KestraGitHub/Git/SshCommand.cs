using System.Globalization;

namespace KestraGitHub.Git;

/// <summary>The ssh client of one call: only the task's key, only the known hosts given, no settings or agent of whoever runs the service.</summary>
internal sealed class SshCommand
{
    private const string PassphraseVariable = "KESTRA_GITHUB_SSH_PASSPHRASE";

    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private readonly List<string> _secrets = [];

    public SshCommand(GitRemote remote, string folder, string knownHostsFile)
    {
        var transport = remote.Transport;
        var hosts = knownHostsFile;
        if (transport.KnownHosts is { } lines) WriteFile(hosts = Path.Combine(folder, "known_hosts"), Lines(lines), executable: false);
        var strict = transport.StrictHostKeyChecking;
        List<string> options =
        [
            "IdentitiesOnly=yes", "IdentityAgent=none", "PreferredAuthentications=publickey", "PasswordAuthentication=no",
                "KbdInteractiveAuthentication=no",
            "ControlMaster=no", "ControlPath=none", "ForwardAgent=no", "UpdateHostKeys=no", "PermitLocalCommand=no", "GlobalKnownHostsFile=/dev/null",
            $"UserKnownHostsFile={(strict ? Quoted(hosts) : "/dev/null")}", $"StrictHostKeyChecking={(strict ? "yes" : "no")}", "LogLevel=ERROR",
            $"ConnectTimeout={Seconds(transport.ConnectTimeout)}", $"ServerAliveInterval={Seconds(transport.ReadTimeout / 3)}",
                "ServerAliveCountMax=3",
        ];
        var identity = "none";
        if (remote.Credential.PrivateKey is { } key)
        {
            identity = Path.Combine(folder, "key");
            WriteFile(identity, Lines(key.Reveal()), executable: false);
            _secrets.AddRange(Lines(key.Reveal()).Split('\n').Where(l => l.Length > 20 && !l.StartsWith("-----", StringComparison.Ordinal)));
        }

        options.Add($"IdentityFile={(identity == "none" ? identity : Quoted(identity))}");
        if (remote.Credential.Passphrase is { } passphrase) AnswerWith(passphrase.Reveal(), folder);
        else options.Add("BatchMode=yes");
        _environment["GIT_SSH_VARIANT"] = "ssh";
        _environment["GIT_SSH_COMMAND"] = "ssh -F /dev/null " + string.Join(' ', options.Select(o => "-o " + ShellQuoted(o)));
    }

    public IReadOnlyDictionary<string, string> Environment => _environment;

    public IReadOnlyList<string> Secrets => _secrets;

    private void AnswerWith(string passphrase, string folder)
    {
        // ssh asks a program for the passphrase; the program finds it in its environment, where arguments and files would show it.
        var program = Path.Combine(folder, "askpass");
        WriteFile(program, $"#!/bin/sh\nprintf '%s\\n' \"${PassphraseVariable}\"\n", executable: true);
        _environment["SSH_ASKPASS"] = program;
        _environment["SSH_ASKPASS_REQUIRE"] = "force";
        _environment["DISPLAY"] = ":";
        _environment[PassphraseVariable] = passphrase;
        _secrets.Add(passphrase);
    }

    private static void WriteFile(string path, string text, bool executable)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | (executable ? UnixFileMode.UserExecute : UnixFileMode.UserWrite);
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    /// <summary>A key that came through YAML or an environment variable may have lost its last line end or carry those of another system.</summary>
    private static string Lines(string text) => text.Trim().ReplaceLineEndings("\n") + "\n";

    private static string Quoted(string path) => $"\"{path.Replace("%", "%%", StringComparison.Ordinal)}\"";

    private static string ShellQuoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Seconds(TimeSpan time) => Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
