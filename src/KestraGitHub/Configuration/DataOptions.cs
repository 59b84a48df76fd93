namespace KestraGitHub.Configuration;

/// <summary>Section <c>Data</c>: where everything lies that the service keeps.</summary>
public sealed record DataOptions
{
    public string Path { get; init; } = "data";

    /// <summary>A relative path counts from where the process was started.</summary>
    public string FullPath => System.IO.Path.GetFullPath(Path);
}
