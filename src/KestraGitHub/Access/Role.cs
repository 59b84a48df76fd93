namespace KestraGitHub.Access;

/// <summary>What a token may do. Each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>Download the clones of Clone tasks, and nothing else.</summary>
    Cloner,

    /// <summary>Look at everything.</summary>
    Viewer,

    /// <summary>Start and cancel runs.</summary>
    Operator,

    /// <summary>Everything.</summary>
    Admin,
}
