using KestraGitHub.Configuration;
using KestraGitHub.Definitions;

namespace KestraGitHub.Kestra;

/// <summary>One server as it is configured; everything is text until <see cref="KestraOptions.ToTargets"/> has looked at it.</summary>
public class KestraTargetOptions
{
    /// <summary>Address of the server, with its path where it has one. A task's own <c>kestraUrl</c> wins.</summary>
    public string? Url { get; set; }

    /// <summary>The tenant that is written to; of <c>Kestra:Tenant</c> also the first part of the webhooks' paths where a definition names none.</summary>
    public string Tenant { get; set; } = "main";

    /// <summary>User of the open-source edition; it belongs with the password.</summary>
    public string? Username { get; set; }

    /// <summary>The user's password.</summary>
    public string? Password { get; set; }

    /// <summary>API token of the enterprise edition, instead of user and password.</summary>
    public string? ApiToken { get; set; }

    /// <summary>PEM of authorities that are trusted beside the system's.</summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary><c>http://user:password@host:port</c>; <c>none</c> goes straight; null is what the environment says.</summary>
    public string? Proxy { get; set; }

    internal Outbound Outbound => Outbound.Of(CertificateAuthorityFile, Proxy);
}

/// <summary>The section <c>Kestra</c>: the default server, further ones by name, and how hard they may be driven.</summary>
public sealed class KestraOptions : KestraTargetOptions
{
    public const string Section = "Kestra";

    public Dictionary<string, KestraTargetOptions> Targets { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Writes under way to one server at a time, over all runs; fewer when it slows down.</summary>
    public int WritesAtOnce { get; set; } = 4;

    /// <summary>Flows in one call of validation. The server takes 128 parts at most.</summary>
    public int ValidateBatch { get; set; } = 100;

    /// <summary>How long one write may take.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a read may be silent.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(60);

    internal KestraTimings Timings => new(WriteTimeout, ReadTimeout, TimeSpan.FromMilliseconds(250));

    internal KestraStoreOptions ToStoreOptions() => new(ValidateBatch);

    /// <summary>The servers by name, the default one under the empty name (absent when none is configured).</summary>
    /// <exception cref="FormatException">The section is wrong; the message names every fault and its cure.</exception>
    public IReadOnlyDictionary<string, KestraTarget> ToTargets()
    {
        var targets = new Dictionary<string, KestraTarget>(StringComparer.Ordinal);
        var faults = Faults(targets);
        return faults.Count == 0 ? targets : throw new FormatException(string.Join(' ', faults));
    }

    /// <summary>How the server at this address is reached: as its target says, and where that says nothing, as the section itself does.</summary>
    internal Outbound OutboundOf(Uri server)
    {
        var target = Targets.Values.FirstOrDefault(t => Uri.TryCreate(Text(t?.Url), UriKind.Absolute, out var url)
            && Uri.Compare(url, server, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0);
        return Outbound.Of(target?.Outbound.CertificateAuthorityFile ?? CertificateAuthorityFile, target?.Outbound.Proxy ?? Proxy);
    }

    /// <summary>All that is wrong, each with its key and what to do.</summary>
    internal List<string> Faults(Dictionary<string, KestraTarget> targets)
    {
        var faults = new List<string>();
        if (WritesAtOnce is < 1 or > 32) faults.Add("Kestra:WritesAtOnce must be between 1 and 32.");
        if (ValidateBatch is < 1 or > 100) faults.Add("Kestra:ValidateBatch must be between 1 and 100.");
        foreach (var (key, value) in new[] { ("WriteTimeout", WriteTimeout), ("ReadTimeout", ReadTimeout) })
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromHours(1))
                faults.Add($"Kestra:{key} must be a duration such as PT10S, of at most an hour.");
        }

        if (Text(Url) is not null) Add("", this, Section, targets, faults);
        else if (Text(Username) is not null || Text(Password) is not null || Text(ApiToken) is not null)
            faults.Add("Kestra: credentials without a server. Set Kestra:Url as well.");
        faults.AddRange(Outbound.Faults(Section));
        foreach (var (name, options) in Targets)
        {
            if (Text(name) is null) faults.Add("Kestra:Targets: a server needs a name.");
            else
            {
                Add(name, options ?? new KestraTargetOptions(), $"{Section}:Targets:{name}", targets, faults);
                faults.AddRange(options?.Outbound.Faults($"{Section}:Targets:{name}") ?? []);
            }
        }

        return faults;
    }

    private static void Add(string name, KestraTargetOptions options, string key, Dictionary<string, KestraTarget> targets, List<string> faults)
    {
        var before = faults.Count;
        var (user, password, token) = (Text(options.Username), Text(options.Password), Text(options.ApiToken));
        if (!Uri.TryCreate(Text(options.Url), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            faults.Add($"{key}:Url must be the address of a Kestra server, beginning with https:// or http://.");
        else if (url.UserInfo.Length > 0)
            faults.Add($"{key}:Url must not hold credentials. Put them into {key}:Username and {key}:Password.");
        else if (url.Query.Length > 0 || url.Fragment.Length > 0)
            faults.Add($"{key}:Url must end with the path: no ? and no #.");
        if (token is not null && (user is not null || password is not null))
            faults.Add($"{key}: use either ApiToken or Username and Password, not both.");
        else if (user is null != password is null)
            faults.Add($"{key}: Username and Password belong together; one of them is missing.");
        if (user?.Contains(':') == true) faults.Add($"{key}:Username must not hold a colon.");
        var tenant = Text(options.Tenant) ?? "main";
        if (!IsTenant(tenant)) faults.Add($"{key}:Tenant must begin with a lower-case letter or digit, followed by those, '-' or '_'.");
        if (faults.Count == before)
            targets[name] = new KestraTarget(name, url!, tenant, new KestraAuth(user, Secret.From(password), Secret.From(token)));
    }

    private static bool IsTenant(string name) =>
        char.IsAsciiLetterLower(name[0]) || char.IsAsciiDigit(name[0])
            ? name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')
            : false;

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
