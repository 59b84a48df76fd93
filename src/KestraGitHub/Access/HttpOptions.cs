using System.Net;

namespace KestraGitHub.Access;

/// <summary>Section <c>Http</c>: where the service stands behind a reverse proxy.</summary>
public sealed record HttpOptions
{
    /// <summary>What callers write before every path of ours: <c>/kestra-github</c>. Empty where there is nothing.</summary>
    public string PathBase { get; init; } = "";

    /// <summary>Addresses (<c>10.0.0.7</c>) and networks (<c>10.0.0.0/8</c>) whose X-Forwarded headers are believed. Empty: nobody's.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Who signs people in instead of a token.</summary>
    public SignInOptions SignIn { get; init; } = new();

    /// <summary>With a proxy that takes the base off, a base of one of these names could not be told from a path of ours.</summary>
    private static readonly string[] Ours =
    [
        "api", "webhook", "health", "metrics", "openapi", "swagger", "assets", "runs", "syncs", "deliveries", "github", "drift", "repositories", "definitions", "servers", "jobs",
        "audit", "about", "setup", "sign-in", "sign-out", "problems", "favicon.ico",
    ];

    internal static IEnumerable<string> Validate(HttpOptions options)
    {
        var path = options.PathBase;
        if (path.Length > 0 && (path[0] != '/' || path.EndsWith('/') || path.Contains("//", StringComparison.Ordinal)
            || !path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '~')))
            yield return "Http:PathBase must begin with a slash and end without one, as in /kestra-github.";
        else if (path.Length > 0 && Ours.Contains(path.Split('/')[1], StringComparer.OrdinalIgnoreCase))
            yield return "Http:PathBase begins as a path of the service itself does: choose another name.";
        for (var i = 0; i < options.TrustedProxies.Count; i++)
            if (Network(options.TrustedProxies[i]) is null)
                yield return $"Http:TrustedProxies:{i} must be an address or a network, as in 10.0.0.7 or 10.0.0.0/8.";
        foreach (var fault in options.SignIn.Faults(options.TrustedProxies.Count > 0)) yield return fault;
    }

    /// <summary>Whether what this address says of others is believed.</summary>
    internal static Func<IPAddress?, bool> Trust(HttpOptions options)
    {
        var networks = options.TrustedProxies.Select(p => Network(p)!.Value).ToList();
        return address => address is not null && networks.Exists(n => n.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
    }

    /// <summary>Null when the text is neither an address nor a network. What lies behind the prefix counts for nothing: 10.1.2.3/8 is 10.0.0.0/8.</summary>
    internal static IPNetwork? Network(string text)
    {
        var parts = text.Trim().Split('/');
        if (parts.Length > 2 || !IPAddress.TryParse(parts[0], out var address)) return null;
        var bytes = address.GetAddressBytes();
        var length = bytes.Length * 8;
        if (parts.Length == 2 && (!int.TryParse(parts[1], out length) || length < 0 || length > bytes.Length * 8)) return null;
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), length);
    }
}
