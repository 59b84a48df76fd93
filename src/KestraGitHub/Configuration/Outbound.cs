using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KestraGitHub.Configuration;

/// <summary>How an outside is reached: the keys <c>CertificateAuthorityFile</c> and <c>Proxy</c>, which Git, Kestra and GitHub each have.</summary>
/// <param name="CertificateAuthorityFile">PEM of authorities that are trusted beside the system's; null for only those.</param>
/// <param name="Proxy">Null: what the environment says (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>). It may hold a password: never print it.</param>
public sealed record Outbound(string? CertificateAuthorityFile, string? Proxy)
{
    /// <summary>The word for: straight, whatever the environment says.</summary>
    private const string None = "none";

    public static Outbound Default { get; } = new(null, null);

    public bool Straight => None.Equals(Proxy, StringComparison.OrdinalIgnoreCase);

    public Uri? ProxyAddress => Proxy is null || Straight ? null : new Uri(Proxy);

    /// <summary>Without a password: an error may hold it.</summary>
    public override string ToString() => nameof(Outbound);

    public static Outbound Of(string? certificateAuthorityFile, string? proxy) => new(Text(certificateAuthorityFile), Text(proxy));

    /// <param name="section">The beginning of the keys: <c>Kestra</c>.</param>
    public IEnumerable<string> Faults(string section)
    {
        if (CertificateAuthorityFile is not null && Authorities().Count == 0)
            yield return $"{section}:CertificateAuthorityFile must name a readable file with PEM certificates ('BEGIN CERTIFICATE').";
        if (Proxy is not null && !Straight && !(Uri.TryCreate(Proxy, UriKind.Absolute, out var url) && url.Scheme == "http" && url.PathAndQuery == "/"))
            yield return $"{section}:Proxy must be http://host:port, with user:password@ before the host where the proxy asks for them, or the word none.";
    }

    /// <summary>Makes <paramref name="handler"/> go this way.</summary>
    public SocketsHttpHandler ApplyTo(SocketsHttpHandler handler)
    {
        handler.UseProxy = !Straight;
        if (ProxyAddress is { } proxy)
        {
            var user = Uri.UnescapeDataString(proxy.UserInfo).Split(':', 2);
            handler.Proxy = new WebProxy(proxy.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped))
            {
                Credentials = proxy.UserInfo.Length > 0 ? new NetworkCredential(user[0], user.ElementAtOrDefault(1)) : null,
            };
        }

        if (CertificateAuthorityFile is not null) handler.SslOptions.CertificateChainPolicy = Trust(Authorities());
        return handler;
    }

    // A list of one's own takes the place of the system's, so that one is put into it.
    private static X509ChainPolicy Trust(X509Certificate2Collection own)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        using var system = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        policy.CustomTrustStore.AddRange(system.Certificates);
        policy.CustomTrustStore.AddRange(own);
        return policy;
    }

    /// <summary>None where the file cannot be read or holds none.</summary>
    private X509Certificate2Collection Authorities()
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPemFile(CertificateAuthorityFile!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException)
        {
            found.Clear();
        }

        return found;
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
