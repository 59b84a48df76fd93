using System.Security.Cryptography;
using KestraGitHub.Definitions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KestraGitHub.GitHub;

/// <summary>The App's own proof of who it is, signed with its key and good for some minutes.</summary>
internal sealed class AppJwt(GitHubOptions options, TimeProvider time)
{
    // GitHub takes no more than ten minutes from one to the other, and clocks differ.
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(9);

    private readonly Lock _gate = new();
    private GitHubToken? _current;

    public GitHubToken Get()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_current is null || _current.Expires - now < TimeSpan.FromMinutes(1)) _current = Make(now);
            return _current;
        }
    }

    public void Drop()
    {
        lock (_gate) _current = null;
    }

    /// <summary>A sentence where the key is none, null where it is one.</summary>
    public static string? FaultOf(string pem)
    {
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return "GitHub:PrivateKey must be the RSA key of the App in PEM ('BEGIN RSA PRIVATE KEY'), as GitHub's page of the App gives it.";
        }
    }

    private GitHubToken Make(DateTimeOffset now)
    {
        using var key = RSA.Create();
        key.ImportFromPem(options.PrivateKeyPem);
        var signing = new RsaSecurityKey(key) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } };
        var text = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.AppId, IssuedAt = (now - Back).UtcDateTime, Expires = (now + Life).UtcDateTime,
            SigningCredentials = new SigningCredentials(signing, SecurityAlgorithms.RsaSha256),
        });
        return new GitHubToken(new Secret(text), "app", now + Life);
    }
}
