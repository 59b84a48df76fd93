using System.Security.Cryptography;

namespace KestraGitHub.Demo;

/// <summary>Made anew for every demo; worth nothing after it.</summary>
internal sealed record DemoSecrets(string GitToken, string HookKey, string HookSecret, string SignInToken, string KestraPassword)
{
    public static DemoSecrets Make() => new(Random(), Random(), Random(), Random(), "Aa1" + Random());

    private static string Random() => RandomNumberGenerator.GetHexString(24, lowercase: true);
}
