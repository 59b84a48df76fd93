namespace KestraGitHub.StandIns.Kestra;

/// <summary>How a stand-in starts. The defaults are those of the recordings.</summary>
public sealed record KestraStandInOptions
{
    /// <summary>1.3 or 2.0; a third number is taken over into /configs.</summary>
    public string Version { get; init; } = "2.0";

    /// <summary>OSS or EE.</summary>
    public string Edition { get; init; } = "OSS";

    /// <summary>0 = any free port.</summary>
    public int Port { get; init; }

    public string Username { get; init; } = "admin@kestra.io";

    public string Password { get; init; } = "Kestra1234";

    /// <summary>Lets anybody in who knows the password: the name then tells which of several clients called.</summary>
    public bool AnyUsername { get; init; }

    /// <summary>EE only: a bearer token that is accepted besides the user.</summary>
    public string? ApiToken { get; init; }

    /// <summary>The web layer as announced for 2.0.0: problem+json, 409 on duplicates, headers on 404, /configs with credentials.</summary>
    public bool ProblemDetails { get; init; }

    /// <summary>As slow as a real server with as many flows.</summary>
    public bool Costs { get; init; }

    /// <summary>A PUT of an absent flow never answers: real servers do that now and then, and then die.</summary>
    public bool PutAbsentHangs { get; init; }

    /// <summary>Further prefixes of task types that count as installed, such as io.kestra.plugin.git.</summary>
    public IReadOnlyList<string> Plugins { get; init; } = [];

    internal bool IsV2 => Version.StartsWith('2');

    internal bool IsEnterprise => string.Equals(Edition, "EE", StringComparison.OrdinalIgnoreCase);

    internal string FullVersion => Version switch { "1.3" => "1.3.25", "2.0" => "2.0.0", _ => Version };
}
