using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.GitHub;

/// <summary>A GitHub App that is installed for every repository.</summary>
/// <param name="Id">Its client id.</param>
/// <param name="PrivateKey">PEM; the stand-in only needs the public half of it.</param>
/// <param name="Permissions">What its owner granted, as <c>checks:write statuses:write</c>.</param>
public sealed record GitHubApp(string Id, string PrivateKey, string Permissions)
{
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>A token of an installation.</summary>
/// <param name="Repository">The only one it is good for; null for all.</param>
public sealed record InstallationToken(string Value, string? Repository, string Permissions, DateTimeOffset Expires)
{
    public bool Allows(string permission)
    {
        var (name, level) = (permission.Split(':')[0], permission.Split(':')[1]);
        var granted = Permissions.Split(' ').Select(p => p.Split(':')).FirstOrDefault(p => p[0] == name)?[1];
        return granted is not null && (granted == level || granted == "write");
    }
}

/// <summary>The App's proofs and its installations' tokens.</summary>
internal sealed class InstallationTokens(GitHubApp? app)
{
    private readonly ConcurrentDictionary<string, InstallationToken> _issued = new();

    public IReadOnlyList<InstallationToken> Issued => [.. _issued.Values];

    public InstallationToken? Find(string? token) => token is not null && _issued.TryGetValue(token, out var known) && known.Expires > DateTimeOffset.UtcNow ? known : null;

    public void Revoke() => _issued.Clear();

    /// <summary>As long as GitHub's are since 2026, with dots.</summary>
    public InstallationToken Issue(string? repository, string permissions)
    {
        var value = $"ghs_1234_{RandomNumberGenerator.GetHexString(200)}.{RandomNumberGenerator.GetHexString(200)}.{RandomNumberGenerator.GetHexString(109)}";
        return _issued[value] = new InstallationToken(value, repository, permissions, DateTimeOffset.UtcNow + app!.TokenLife);
    }

    /// <summary>Null when the text is the App's proof, else why it is none.</summary>
    public string? FaultOf(string? jwt)
    {
        if (app is null || jwt?.Split('.') is not [var header, var claims, var signature]) return "A JSON web token could not be decoded";
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(app.PrivateKey);
            if (!key.VerifyData(Encoding.ASCII.GetBytes($"{header}.{claims}"), Bytes(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)) return "A JSON web token could not be decoded";
            var json = JsonNode.Parse(Bytes(claims))!;
            var (now, issued, expires) = (DateTimeOffset.UtcNow.ToUnixTimeSeconds(), json["iat"]!.GetValue<long>(), json["exp"]!.GetValue<long>());
            if ((string?)json["iss"] != app.Id) return "'Issuer' claim ('iss') must be an Integer or a client id";
            if (issued > now) return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
            return expires < now || expires - now > 600 ? "'Expiration time' claim ('exp') is too far in the future" : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or NullReferenceException)
        {
            return "A JSON web token could not be decoded";
        }
    }

    private static byte[] Bytes(string part) => Convert.FromBase64String(part.Replace('-', '+').Replace('_', '/').PadRight((part.Length + 3) / 4 * 4, '='));
}
