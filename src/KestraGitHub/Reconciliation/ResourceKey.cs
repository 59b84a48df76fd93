namespace KestraGitHub.Reconciliation;

/// <summary>What a sync can carry. The order is the order of apply; deletes run in reverse, after every write.</summary>
public enum ResourceKind { NamespaceFile, Flow, Dashboard, App, UnitTest }

/// <summary>
/// The identity of one object on both sides. For a flow <paramref name="Id"/> is the <c>id</c> of its YAML, for a namespace file its path
/// inside the namespace without a leading slash (<c>scripts/etl.py</c>). Dashboards belong to the tenant: their <paramref name="Namespace"/> is empty.
/// </summary>
public readonly record struct ResourceKey(ResourceKind Kind, string Namespace, string Id)
{
    public override string ToString() => Namespace.Length == 0 ? $"{Kind.Word()} {Id}" : $"{Kind.Word()} {Namespace}/{Id}";
}

public static class ResourceKinds
{
    private static readonly Dictionary<string, ResourceKind> ByWord = Enum.GetValues<ResourceKind>().ToDictionary(k => k.Word());

    /// <summary>What <see cref="Word"/> gave.</summary>
    public static ResourceKind OfWord(string word) => ByWord[word];

    /// <summary>The same; null for a word that is no kind's.</summary>
    public static ResourceKind? FindWord(string word) => ByWord.TryGetValue(word, out var kind) ? kind : null;

    /// <summary>The word that people read and the API answers: <c>flow</c>, <c>file</c>, <c>dashboard</c>, <c>app</c>, <c>test</c>.</summary>
    public static string Word(this ResourceKind kind) => kind switch
    {
        ResourceKind.NamespaceFile => "file",
        ResourceKind.Flow => "flow",
        ResourceKind.Dashboard => "dashboard",
        ResourceKind.App => "app",
        ResourceKind.UnitTest => "test",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
