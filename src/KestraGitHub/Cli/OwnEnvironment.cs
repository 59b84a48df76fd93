using KestraGitHub.Definitions;
using KestraGitHub.Kestra;

namespace KestraGitHub.Cli;

/// <summary>
/// What a definition may draw on while a command reads it. A secret that is not here stands as its own name: most of them are Git's, whose place a
/// checkout takes. One that Kestra would be sent is missed then.
/// </summary>
internal static class OwnEnvironment
{
    private const string Missing = "\u0001missing secret ";

    public static DefinitionEnvironment Of(KestraOptions kestra) => new(
        kestra.Tenant, kestra.ToTargets(), name => EnvironmentSecrets.Secret(name) ?? Missing + name, EnvironmentSecrets.Variable);

    /// <summary>Only to check: any secret and any server are taken to exist.</summary>
    public static DefinitionEnvironment Anywhere { get; } = AnywhereOf("main");

    public static DefinitionEnvironment AnywhereOf(string tenant) => new(tenant, new AnyTarget(), _ => "c2VjcmV0", _ => "value");

    /// <exception cref="CommandFault">The task's credential for Kestra, or for <paramref name="git"/>, is a secret that is not here.</exception>
    public static void Require(KestraAuth kestra)
    {
        Require(kestra.Username, kestra.Password, kestra.ApiToken);
    }

    public static void Require(GitCredential git) => Require(git.Username, git.Password, git.PrivateKey, git.Passphrase);

    private static void Require(string? plain, params Secret?[] secrets)
    {
        foreach (var text in secrets.Select(s => s?.Reveal()).Append(plain))
            if (text?.IndexOf(Missing, StringComparison.Ordinal) is >= 0 and var at)
            {
                var name = new string([.. text[(at + Missing.Length)..].TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c == '_')]);
                var found = EnvironmentSecrets.IsSet(name) ? "set, but is no base64" : "not set";
                throw new CommandFault(ExitCodes.SignIn, $"The secret {name} is {found}. Put it, in base64, into SECRET_{name.ToUpperInvariant()} of the environment.");
            }
    }

    private sealed class AnyTarget : Dictionary<string, KestraTarget>
    {
        public AnyTarget() => this[""] = new KestraTarget("", new Uri("http://kestra.invalid"), "main", KestraAuth.None);
    }
}
