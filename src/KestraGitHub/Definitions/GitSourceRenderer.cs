namespace KestraGitHub.Definitions;

/// <summary>Where in Git a task reads, and how it gets there (plugin-git.md, section 1.1).</summary>
internal static class GitSourceRenderer
{
    /// <param name="place">The property that says where the objects lie.</param>
    public static GitSource Render(TaskValues values, FaultList faults, FaultList warnings, string place = "gitDirectory") =>
        Repository(values, faults, warnings) with
        {
            Branch = Branch(values), Directory = Directory(values, place), DirectoryMustExist = values.Flag("failOnMissingDirectory") ?? true,
        };

    /// <summary>All of a repository; where the task names no branch, the remote's default one.</summary>
    public static GitSource Repository(TaskValues values, FaultList faults, FaultList warnings)
    {
        var (url, credential) = Remote(values, warnings);
        return new GitSource(
            url, values.Has("branch") ? Branch(values) : null, "", true, values.Flag("cloneSubmodules") ?? false,
            credential,
            new GitTransport(
                Milliseconds(values, "connectTimeout"), Milliseconds(values, "readTimeout"), values.Text("trustedCaPemPath"),
                values.Flag("noProxy") ?? false,
                GitConfigRules.Flatten(values, faults, warnings), values.Text("knownHosts"), values.Flag("strictHostKeyChecking") ?? true));
    }

    /// <summary>The short name of a branch; null where the text names none.</summary>
    public static string? ShortBranch(string text)
    {
        const string heads = "refs/heads/";
        var name = text.StartsWith(heads, StringComparison.Ordinal) ? text[heads.Length..] : text;
        var bad = name.Length is 0 or > 255 || name[0] is '-' or '/' || name[^1] is '/' or '.' || name == "@"
            || name.StartsWith("refs/", StringComparison.Ordinal)
            || name.Any(c => c <= ' ' || c == 127 || "~^:?*[\\".Contains(c, StringComparison.Ordinal))
            || name.Contains("..", StringComparison.Ordinal) || name.Contains("//", StringComparison.Ordinal)
            || name.Contains("@{", StringComparison.Ordinal)
            || name.Split('/').Any(p => p.StartsWith('.') || p.EndsWith(".lock", StringComparison.Ordinal));
        return bad ? null : name;
    }

    private static (string Url, GitCredential Credential) Remote(TaskValues values, FaultList warnings)
    {
        var (username, password) = (values.Text("username"), values.Text("password"));
        var (key, passphrase) = (Secret.From(values.Text("privateKey")), Secret.From(values.Text("passphrase")));
        if (values.Needed("url") is not { } text) return ("", new(username, Secret.From(password), key, passphrase));
        if (RepositoryAddress.Read(text.Trim()) is not { } url)
        {
            values.Fault("url", "is no address of a Git repository",
                "Write https://host/path, ssh://user@host/path, user@host:path or file:///path.");
            return ("", GitCredential.None);
        }

        if (url.Password is not null)
        {
            var at = values.Raw("url")!;
            warnings.Add(at, "`url` holds a password; it is used, and kept out of the address.",
                "Move it to `username` and `password`, as `{{ secret('NAME') }}`.");
            if (password is null) (username, password) = (url.Username, url.Password);
        }
        else if (url.Username is not null && password is null && values.Known("password"))
        {
            values.Fault("url", "holds a user, or a token, without a password", "Write a token as `password`, and any name as `username`.");
        }

        return (url.Url, new(username, Secret.From(password), key, passphrase));
    }

    private static string? Branch(TaskValues values)
    {
        if (values.Needed("branch") is not { } text) return null;
        var branch = ShortBranch(text.Trim());
        if (branch is null)
            values.Fault("branch", "is no name of a branch", "Write a short name such as `main`; a tag or another ref cannot be synced.");
        return branch;
    }

    private static string Directory(TaskValues values, string place)
    {
        // An empty text is the root; an expression that comes out empty is a mistake, and the root would be a costly one.
        // Where there is no default, nothing said is the root too.
        var isRoot = place == "gitDirectory" && (values.Raw(place) is ScalarValue { Text: "" } || (!values.Has(place) && values.Text(place) is null));
        var text = isRoot ? "" : values.Needed(place) ?? "";
        var parts = text.Split('/').Where(p => p is not ("" or ".")).ToArray();
        if (parts.Contains("..")) values.Fault(place, "leads out with `..`", "Write a path inside the repository.");
        if (text.Any(char.IsControl)) values.Fault(place, "holds a control character", "Write a plain path.");
        return string.Join('/', parts);
    }

    private static TimeSpan Milliseconds(TaskValues values, string name)
    {
        var number = values.Number(name);
        if (number <= 0) values.Fault(name, "is no time", "Write milliseconds, more than 0.");
        return TimeSpan.FromMilliseconds(number ?? 0);
    }
}
