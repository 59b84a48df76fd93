using System.Security.Claims;

namespace KestraGitHub.Access;

/// <summary>Somebody with a role: whatever proved who it is, all that asks for rights looks at these claims.</summary>
internal static class AccessIdentity
{
    /// <param name="scope">As <see cref="AccessScope.Parse"/> takes it.</param>
    public static ClaimsIdentity Of(string name, Role role, string? scope, string scheme, params IEnumerable<Claim> more) => new(
        [
            new(ClaimTypes.Name, name), new(AccessScope.ClaimType, scope?.Trim() ?? string.Empty), .. more,
            .. Enum.GetValues<Role>().Where(r => r <= role).Select(r => new Claim(ClaimTypes.Role, r.ToString().ToLowerInvariant())),
        ],
        scheme);

    /// <summary>Somebody whom another has signed in: with the rights of his group, and with none where he is in none.</summary>
    public static ClaimsIdentity Of(string name, SignInGroup? group, string scheme, params IEnumerable<Claim> more) =>
        group is null ? new([new(ClaimTypes.Name, name), .. more], scheme) : Of(name, group.Role, group.Scope, scheme, more);
}
