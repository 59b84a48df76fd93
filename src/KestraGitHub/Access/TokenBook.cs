using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using KestraGitHub.Storage;

namespace KestraGitHub.Access;

/// <summary>Who may come in. Only digests are kept; whom a token belongs to is found by comparing with every one of them, in constant time.</summary>
internal sealed partial class TokenBook(ApiOptions options, CloneOptions clones, KeptFiles files, ILogger<TokenBook> log)
{
    public const string FingerprintClaim = "kestra-github/token";

    private const string FileName = "admin-token";

    private const int ComfortableLength = 16;

    private readonly Lazy<IReadOnlyList<Entry>> _entries = new(() => [.. Load(options, files, log), .. clones.Tokens.Select((t, i) => EntryOf(t.AsApiToken(i), i))]);

    /// <summary>Reads the tokens, and makes one where none is configured.</summary>
    public void Open() => _ = _entries.Value;

    /// <summary>Whoever holds <paramref name="token"/>, or null.</summary>
    public ClaimsIdentity? Find(string token, string scheme)
    {
        var digest = Digest(token);
        Entry? found = null;
        foreach (var entry in _entries.Value)
            if (CryptographicOperations.FixedTimeEquals(entry.Digest, digest)) found ??= entry;
        return found?.Identity(scheme);
    }

    /// <summary>Whoever signed in with a token earlier, with the rights it has now; null when the token is gone.</summary>
    public ClaimsIdentity? Again(ClaimsPrincipal signedIn, string scheme) =>
        signedIn.FindFirstValue(FingerprintClaim) is { } print ? _entries.Value.FirstOrDefault(e => e.Fingerprint == print)?.Identity(scheme) : null;

    private static List<Entry> Load(ApiOptions options, KeptFiles files, ILogger log)
    {
        if (options.Tokens.Count == 0) return [FromFile(files, log)];
        for (var i = 0; i < options.Tokens.Count; i++)
            if (options.Tokens[i].Value!.Reveal().Length < ComfortableLength) Log.ShortToken(log, i, ComfortableLength);
        return [.. options.Tokens.Select(EntryOf)];
    }

    private static Entry EntryOf(ApiToken token, int place) =>
        new(Digest(token.Value!.Reveal()), token.Role, token.Scope, token.Name ?? NameOf(token, place));

    private static string NameOf(ApiToken token, int place) => $"{token.Role.ToString().ToLowerInvariant()} token {place + 1}";

    private static Entry FromFile(KeptFiles files, ILogger log)
    {
        var file = files.ReadOrMake(FileName, () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)) + "\n");
        if (file.Made) Log.TokenMade(log, file.Path);
        else Log.TokenRead(log, file.Path);
        return file.Content.Trim() is { Length: > 0 } token
            ? Admin(token)
            : throw new StorageRefusedException($"{file.Path} is empty. Delete it and a new token is made, or put yours in.");
    }

    private static Entry Admin(string token) => new(Digest(token), Role.Admin, null, "admin");

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private sealed record Entry(byte[] Digest, Role Role, string? Scope, string Name)
    {
        /// <summary>Names the token in a cookie without being of use to guess it by the API's own digest.</summary>
        public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData([.. "cookie:"u8, .. Digest]))[..32];

        public ClaimsIdentity Identity(string scheme) => AccessIdentity.Of(Name, Role, Scope, scheme, new Claim(FingerprintClaim, Fingerprint));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "No Api:Tokens are configured. An admin's token was made in {Path}")]
        public static partial void TokenMade(ILogger logger, string path);

        [LoggerMessage(Level = LogLevel.Information, Message = "No Api:Tokens are configured. The admin's token is the one in {Path}")]
        public static partial void TokenRead(ILogger logger, string path);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Api:Tokens:{Index} is shorter than {Length} characters and can be guessed")]
        public static partial void ShortToken(ILogger logger, int index, int length);
    }
}
