namespace KestraGitHub.Access;

/// <summary>Section <c>Http:SignIn</c>: who signs people in instead of a token. A reverse proxy that tells who they are in headers, or an OpenID Connect provider.</summary>
public sealed record SignInOptions
{
    /// <summary>The header that names who it is: <c>X-Forwarded-User</c>. Believed of <c>Http:TrustedProxies</c> alone; of anybody else it is taken off. Empty: no header is.</summary>
    public string UserHeader { get; init; } = "";

    /// <summary>The header that lists the groups, between commas: <c>X-Forwarded-Groups</c>.</summary>
    public string GroupsHeader { get; init; } = "";

    /// <summary>The provider that people are sent to; none where it has no <c>Authority</c>.</summary>
    public OpenIdOptions OpenId { get; init; } = new();

    /// <summary>What the members of a group may do; the first that fits counts. Who is in none may nothing.</summary>
    public IReadOnlyList<SignInGroup> Groups { get; init; } = [];

    /// <summary>Whether a proxy is believed.</summary>
    internal bool ByProxy => UserHeader.Length > 0;

    /// <summary>The rights of whoever is in the groups that he is told to be in, or null.</summary>
    internal SignInGroup? GroupOf(IReadOnlyCollection<string> told) => Groups.FirstOrDefault(g => g.Name == SignInGroup.Everybody || told.Contains(g.Name));

    internal IEnumerable<string> Faults(bool trusts) => OfProxy(trusts).Concat(OpenId.Faults()).Concat(OfGroups());

    private IEnumerable<string> OfProxy(bool trusts)
    {
        if (!ByProxy)
        {
            if (GroupsHeader.Length > 0) yield return "Http:SignIn:UserHeader is missing: without it nobody is signed in by a proxy.";
            yield break;
        }

        if (!trusts) yield return "Http:SignIn:UserHeader needs Http:TrustedProxies: of anybody else the header is not believed.";
        foreach (var (name, header) in new[] { ("UserHeader", UserHeader), ("GroupsHeader", GroupsHeader) })
            if (!header.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) yield return $"Http:SignIn:{name} must be the name of a header, as in X-Forwarded-User.";
        if (UserHeader.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) yield return "Http:SignIn:UserHeader cannot be Authorization, which is for tokens.";
    }

    private IEnumerable<string> OfGroups()
    {
        var on = ByProxy || OpenId.IsOn;
        if (on && Groups.Count == 0) yield return "Http:SignIn:Groups is empty, so that whoever is signed in may nothing. Name `*` with a role for everybody.";
        if (!on && Groups.Count > 0) yield return "Http:SignIn:Groups is for whom a proxy or a provider signs in: Http:SignIn:UserHeader or Http:SignIn:OpenId:Authority is missing.";
        for (var i = 0; i < Groups.Count; i++)
            foreach (var fault in Groups[i].Faults($"Http:SignIn:Groups:{i}", !on || GroupsHeader.Length > 0 || OpenId.IsOn)) yield return fault;
    }
}

/// <summary>What the members of one group may do.</summary>
public sealed record SignInGroup
{
    public const string Everybody = "*";

    /// <summary>As the proxy or the provider names it; <c>*</c> is whoever is signed in.</summary>
    public string Name { get; init; } = "";

    /// <summary>What they may do.</summary>
    public Role Role { get; init; } = Role.Viewer;

    /// <summary><c>tenant</c>, or <c>tenant/namespace</c> (with the namespaces below it); null means everything.</summary>
    public string? Scope { get; init; }

    internal IEnumerable<string> Faults(string key, bool namesGroups)
    {
        if (Name.Length == 0) yield return $"{key}:Name is missing: the group's name, or * for everybody.";
        else if (Name != Everybody && !namesGroups) yield return $"{key}:Name names a group, and Http:SignIn:GroupsHeader does not say where groups are told.";
        if (AccessScope.Fault(key, Scope) is { } fault) yield return fault;
    }
}
