namespace KestraGitHub.Definitions;

/// <summary>Which Kestra a task writes to and as whom: its own <c>kestraUrl</c> and <c>auth</c>, else the definition's target (plugin-git.md, section 1.2).</summary>
internal static class KestraTargetRenderer
{
    private static readonly KestraTarget Nowhere = new(null, new Uri("http://localhost"), "", KestraAuth.None);

    public static KestraTarget Render(TaskValues values, Definition definition, DefinitionEnvironment environment)
    {
        var configured = environment.Targets.GetValueOrDefault(definition.Options.Kestra ?? "");
        var auth = Auth(values);
        if (!values.Has("kestraUrl"))
        {
            if (configured is null)
                values.Fault("kestraUrl", "is missing, and `Kestra:Url` is not configured",
                    "Set `Kestra:Url` (environment: Kestra__Url), or write `kestraUrl` and `auth` at the task.");
            return configured is null ? Nowhere : auth is null ? configured : configured with { Name = null, Auth = auth };
        }

        if (values.Needed("kestraUrl") is not { } text) return Nowhere;
        if (!Uri.TryCreate(text.Trim().TrimEnd('/'), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            || url.UserInfo.Length > 0 || url.Query.Length > 0)
        {
            values.Fault("kestraUrl", "is no address of a Kestra server", "Write https://host:port, and credentials under `auth`.");
            return Nowhere;
        }

        var same = configured is not null
            && Uri.Compare(url, configured.Url, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
        if (auth is null && !same)
            values.Fault("kestraUrl",
                "names another server than the one that is configured, and a credential is never sent to another server than it was configured for",
                "Add `auth` to the task (`auth: {auto: false}` where the server asks for none), or pick a target with `x-kestra-github.kestra`.");
        return new KestraTarget(null, url, same ? configured!.Tenant : definition.Key.Tenant, auth ?? (same ? configured!.Auth : KestraAuth.None));
    }

    /// <returns>Null where the target's own credential is to be used.</returns>
    private static KestraAuth? Auth(TaskValues task)
    {
        if (task.Map("auth", GitTasks.AuthMembers) is not { } auth) return null;
        var (username, password, token) = (auth.Text("username"), auth.Text("password"), auth.Text("apiToken"));

        var (hasUser, hasPassword, hasToken) = (auth.IsGiven("username"), auth.IsGiven("password"), auth.IsGiven("apiToken"));
        if (hasToken && (hasUser || hasPassword))
            task.Fault("auth", "cannot be used: Cannot use both API Token authentication and HTTP Basic authentication",
                "Keep `apiToken`, or `username` and `password`.");
        else if (hasUser != hasPassword)
            task.Fault("auth", "cannot be used: Both username and password are required for HTTP Basic authentication", "Add the other one.");
        if (hasToken || hasUser || hasPassword) return new KestraAuth(username, Secret.From(password), Secret.From(token));
        return auth.Flag("auto") ?? true ? null : KestraAuth.None;
    }
}
