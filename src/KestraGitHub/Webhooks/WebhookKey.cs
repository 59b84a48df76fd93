using System.Security.Cryptography;
using System.Text;
using KestraGitHub.Definitions;

namespace KestraGitHub.Webhooks;

/// <summary>Finds the Webhook trigger whose key a caller gave.</summary>
internal static class WebhookKey
{
    // An unknown sync is compared as well, so that neither the answer nor its time tells which syncs exist.
    private static readonly WebhookTrigger[] Decoy = [new("decoy", new Secret(RandomNumberGenerator.GetHexString(32)), Disabled: true)];

    private const string Slash = "%2F";

    /// <summary>The trigger, or null: unknown sync, sync without a Webhook trigger, wrong key. Enabled goes before disabled.</summary>
    public static WebhookTrigger? Match(Definition? definition, string presented)
    {
        var known = definition is { Webhooks.Count: > 0 };
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> meant = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        Digest(presented, given);
        given.CopyTo(meant);
        // The server leaves this one undecoded, lest the path get a part more; keys in base64 have it.
        if (presented.Contains(Slash, StringComparison.OrdinalIgnoreCase)) Digest(presented.Replace(Slash, "/", StringComparison.OrdinalIgnoreCase), meant);

        WebhookTrigger? found = null;
        foreach (var trigger in known ? definition!.Webhooks : Decoy)
        {
            Digest(trigger.Key.Reveal(), expected);
            if ((CryptographicOperations.FixedTimeEquals(given, expected) | CryptographicOperations.FixedTimeEquals(meant, expected)) && (found is null || found.Disabled)) found = trigger;
        }

        return known ? found : null;
    }

    // Digests have one length: comparing the keys themselves would tell how long they are.
    private static void Digest(string key, Span<byte> digest) => SHA256.HashData(Encoding.UTF8.GetBytes(key), digest);
}
