using KestraGitHub.Configuration;
using KestraGitHub.Definitions;

namespace KestraGitHub.Access;

/// <summary>Section <c>Http:SignIn:OpenId</c>: an OpenID Connect provider that people are sent to (authorization code with PKCE).</summary>
public sealed record OpenIdOptions
{
    /// <summary>The provider, below which <c>/.well-known/openid-configuration</c> lies: <c>https://login.example.org/realms/work</c>. Empty: none is asked.</summary>
    public string Authority { get; init; } = "";

    /// <summary>What the provider knows this service as.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>What the service proves itself with to the provider; null for a client without a secret.</summary>
    public Secret? ClientSecret { get; init; }

    /// <summary>What is asked for; <c>openid</c> is always.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "profile", "email"];

    /// <summary>The claim that pages and the audit name people by; where it is missing, <c>email</c>, <c>name</c> and <c>sub</c> are tried in turn.</summary>
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>The claim that lists their groups, in the ID token or in what the provider's userinfo tells.</summary>
    public string GroupsClaim { get; init; } = "groups";

    /// <summary>What the button at the door calls the provider.</summary>
    public string Label { get; init; } = "OpenID Connect";

    /// <summary>How long somebody stays signed in before the provider is asked again: so long a group that was taken from him still counts.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromHours(8);

    /// <summary>PEM of authorities that are trusted beside the system's.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary><c>http://user:password@host:port</c>; <c>none</c> goes straight; null is what the environment says.</summary>
    public string? Proxy { get; init; }

    internal bool IsOn => Authority.Length > 0;

    /// <summary><see cref="Authority"/> as the provider's own documents have it, whichever way it was written.</summary>
    internal string Issuer => Authority.TrimEnd('/');

    internal bool IsSecure => Authority.StartsWith("https:", StringComparison.Ordinal);

    internal Outbound Outbound => Outbound.Of(CertificateAuthorityFile, Proxy);

    /// <summary>What the provider is asked with; it must not send the service elsewhere.</summary>
    internal SocketsHttpHandler Handler() => Outbound.ApplyTo(new() { AllowAutoRedirect = false });

    /// <summary>The claims that may name somebody, the best first.</summary>
    internal IEnumerable<string> NameClaims => new[] { NameClaim, "email", "name", "sub" }.Distinct();

    internal IEnumerable<string> Faults()
    {
        const string Key = "Http:SignIn:OpenId";
        if (!IsOn)
        {
            if (ClientId.Length > 0 || ClientSecret is not null) yield return $"{Key}:Authority is missing: the address of the provider, as in https://login.example.org.";
            yield break;
        }

        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var url) || url.UserInfo.Length + url.Query.Length + url.Fragment.Length > 0 || !(url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback)))
            yield return $"{Key}:Authority must begin with https:// and have no password, question or fragment. http:// is taken of this machine only.";
        if (ClientId.Length == 0) yield return $"{Key}:ClientId is missing: what the provider knows this service as.";
        if (ClientSecret is { } secret && string.IsNullOrWhiteSpace(secret.Reveal())) yield return $"{Key}:ClientSecret is empty. Leave it out for a client without a secret.";
        foreach (var (name, value) in new[] { ("NameClaim", NameClaim), ("GroupsClaim", GroupsClaim), ("Label", Label) })
            if (string.IsNullOrWhiteSpace(value)) yield return $"{Key}:{name} is empty. Leave it out for the default.";
        if (Session < TimeSpan.FromMinutes(1) || Session > TimeSpan.FromDays(30)) yield return $"{Key}:Session must lie between a minute and 30 days, as in PT8H.";
        foreach (var fault in Outbound.Faults(Key)) yield return fault;
    }
}
