using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace KestraGitHub.StandIns.Git;

/// <summary>A real sshd on 127.0.0.1 with a host key of its own, that lets the given keys read repositories and do nothing else.</summary>
public sealed class GitSshServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _sshd;

    private GitSshServer(string folder, Process sshd, int port) => (_folder, _sshd, Port) = (folder, sshd, port);

    public int Port { get; }

    /// <summary>The line that a client's known hosts need.</summary>
    public string KnownHost => $"[127.0.0.1]:{Port} {File.ReadAllText(Path.Combine(_folder, "host.pub"))}";

    public string UrlOf(string repositoryPath) => $"ssh://{Environment.UserName}@127.0.0.1:{Port}{repositoryPath}";

    /// <param name="folder">An empty folder for its keys.</param>
    public static async Task<GitSshServer> StartAsync(string folder, params string[] publicKeys)
    {
        const string program = "/usr/sbin/sshd";
        if (!File.Exists(program)) throw new InvalidOperationException("sshd is not installed: apt-get install openssh-server");
        Directory.CreateDirectory(folder);
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
        MakeKey(Path.Combine(folder, "host"), "ed25519");
        await File.WriteAllLinesAsync(Path.Combine(folder, "keys"), publicKeys.Select(k => $"restrict,command=\"git-shell -c \\\"$SSH_ORIGINAL_COMMAND\\\"\" {k.Trim()}"));
        var port = FreePort();
        var config = Path.Combine(folder, "config");
        await File.WriteAllTextAsync(
            config,
            $"""
            ListenAddress 127.0.0.1
            Port {port}
            HostKey {folder}/host
            AuthorizedKeysFile {folder}/keys
            PidFile none
            UsePAM no
            StrictModes no
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            AcceptEnv GIT_PROTOCOL
            LogLevel QUIET

            """);
        var sshd = Process.Start(new ProcessStartInfo(program, ["-D", "-e", "-f", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var server = new GitSshServer(folder, sshd, port);
        await server.UntilItListensAsync();
        return server;
    }

    /// <summary>Writes a key pair; the private half as ssh-keygen writes it, or as PEM.</summary>
    public static (string Private, string Public) MakeKey(string file, string type, string passphrase = "", bool pem = false)
    {
        List<string> arguments = ["-q", "-t", type, "-N", passphrase, "-C", "test", "-f", file];
        if (pem) arguments.AddRange(["-m", "PEM"]);
        using var keygen = Process.Start(new ProcessStartInfo("ssh-keygen", arguments))!;
        keygen.WaitForExit();
        return (File.ReadAllText(file), File.ReadAllText(file + ".pub"));
    }

    public async ValueTask DisposeAsync()
    {
        _sshd.Kill(entireProcessTree: true);
        await _sshd.WaitForExitAsync();
        _sshd.Dispose();
    }

    private async Task UntilItListensAsync()
    {
        for (var i = 0; i < 100; i++)
        {
            if (_sshd.HasExited) throw new InvalidOperationException("sshd ended: " + await _sshd.StandardError.ReadToEndAsync());
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        throw new TimeoutException("sshd does not listen");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
