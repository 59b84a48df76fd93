using System.Text;
using KestraGitHub.Configuration;
using KestraGitHub.Definitions;

namespace KestraGitHub.Git;

/// <summary>
/// What one call to a server needs beside the fixed environment: credentials, certificates, proxies, limits. Everything secret travels in environment
/// variables or in files of a private folder that is gone after the call; nothing of it in arguments.
/// </summary>
internal sealed class RemoteAccess : IDisposable
{
    private const string HelperUser = "KESTRA_GITHUB_GIT_USER";
    private const string HelperPassword = "KESTRA_GITHUB_GIT_PASSWORD";

    private readonly GitFolders _folders;
    private readonly GitOptions _options;
    private readonly List<KeyValuePair<string, string>> _config = [];
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private readonly List<string> _secrets = [];
    private string? _private;

    /// <param name="follow">
    /// False: the credential goes with the first request, and redirections are refused, because git would send the header on to wherever they lead.
    /// True: they are followed, and the credential is handed out only when the server at the url's own origin asks for one.
    /// </param>
    public RemoteAccess(GitRemote remote, GitFolders folders, GitOptions options, bool follow)
    {
        (_folders, _options, Remote) = (folders, options, remote);
        try
        {
            AddProxy(options.Outbound);
            AddConfigOfTask(remote.Transport);
            if (remote.Url.Protocol is "http" or "https") AddHttp(remote, follow);
            if (remote.Url.Protocol == "ssh") AddSsh(remote);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public GitRemote Remote { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Config => _config;

    public IReadOnlyDictionary<string, string> Environment => _environment;

    public bool NoProxy => Remote.Transport.NoProxy;

    public string Redact(string text)
    {
        foreach (var secret in _secrets) text = text.Replace(secret, "***", StringComparison.Ordinal);
        return text;
    }

    public void Dispose()
    {
        if (_private is not null) GitFolders.Remove(_private);
        _private = null;
    }

    /// <summary>Before the task's own settings, which win.</summary>
    private void AddProxy(Outbound outbound)
    {
        if (outbound.Straight) Set("http.proxy", "");
        if (outbound.ProxyAddress is not { } proxy) return;
        Set("http.proxy", proxy.GetComponents(UriComponents.SchemeAndServer | UriComponents.UserInfo, UriFormat.UriEscaped));
        if (proxy.UserInfo.Split(':', 2) is [_, var password]) Hide(proxy.UserInfo, password, Uri.UnescapeDataString(password));
    }

    private void AddAuthorities(string? ofTask)
    {
        (string Setting, string? Path)[] files =
            [("Git:CertificateAuthorityFile", _options.Outbound.CertificateAuthorityFile), ("trustedCaPemPath", ofTask)];
        List<(string, string)> named = [.. files.Where(f => !string.IsNullOrEmpty(f.Path)).Select(f => (f.Setting, f.Path!))];
        if (named.Count > 0) _environment["GIT_SSL_CAINFO"] = TrustBundle.Write(named, PrivateFolder());
    }

    private void AddConfigOfTask(GitTransport transport)
    {
        foreach (var (key, value) in transport.Config)
            if (value is not null && GitConfigOfTask.Passes(key)) _config.Add(new(key, value));
    }

    private void AddHttp(GitRemote remote, bool follow)
    {
        var transport = remote.Transport;
        Set("http.lowSpeedLimit", "1");
        Set("http.lowSpeedTime", Seconds(transport.ReadTimeout));
        if (transport.NoProxy) Set("http.proxy", "");
        AddAuthorities(transport.TrustedCaPemPath);
        Set("http.followRedirects", follow || !remote.HasPassword ? "initial" : "false");
        if (!remote.HasPassword) return;

        var user = string.IsNullOrEmpty(remote.Credential.Username) ? "git" : remote.Credential.Username;
        var password = remote.Credential.Password!.Reveal();
        if (password.AsSpan().ContainsAny('\n', '\r', '\0') || user.AsSpan().ContainsAny('\n', '\r', '\0'))
            throw new GitException(GitErrorKind.Auth,
                $"The user or password for {remote.Url} has more than one line. Look for a line end in the secret.");
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        Hide(password, Uri.EscapeDataString(password), basic);
        if (!follow)
        {
            Set($"http.{remote.Url.Origin}.extraHeader", $"Authorization: Basic {basic}");
            return;
        }

        _environment[HelperUser] = user;
        _environment[HelperPassword] = password;
        Set($"credential.{remote.Url.Origin.TrimEnd('/')}.helper", $"!f() {{ test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"${HelperUser}\" \"${HelperPassword}\"; }}; f");
    }

    private void AddSsh(GitRemote remote)
    {
        var ssh = new SshCommand(remote, PrivateFolder(), _options.KnownHostsFile ?? _folders.KnownHosts);
        Hide(ssh.Secrets);
        foreach (var (name, value) in ssh.Environment) _environment[name] = value;
    }

    private string PrivateFolder() => _private ??= _folders.NewPrivate();

    private void Set(string key, string value) => _config.Add(new(key, value));

    private void Hide(params IEnumerable<string> secrets) => _secrets.AddRange(secrets.Where(s => s.Length > 0));

    private static string Seconds(TimeSpan time) =>
        Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
