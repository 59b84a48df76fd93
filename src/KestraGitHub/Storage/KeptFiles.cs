using Dapper;

namespace KestraGitHub.Storage;

/// <param name="Path">Where a person finds it on this machine.</param>
/// <param name="Made">It was not there before.</param>
internal sealed record KeptFile(string Content, string Path, bool Made);

/// <summary>
/// What the service makes for itself (a token, a secret, keys), in files of the data folder that only this user can read. Servers that share a
/// database must have the same: there the row counts, and the file is its copy.
/// </summary>
internal sealed class KeptFiles(DataDirectory data, Database database, TimeProvider time)
{
    /// <summary>The file's content; <paramref name="make"/> gives it when there is none.</summary>
    public KeptFile ReadOrMake(string name, Func<string> make)
    {
        var path = Path.Combine(data.Root, name);
        var here = data.ReadPrivateFile(name);
        if (here is not null && !database.Shared) return new(here, path, false);
        var mine = here ?? make();
        var content = database.Shared ? Agree(name, mine) : mine;
        if (content != here) data.WritePrivateFile(name, content);
        return new(content, path, Made: here is null && content == mine);
    }

    /// <summary>Content of the file where there is one, here or in the shared database.</summary>
    public string? Read(string name) =>
        database.Shared && InRows("SELECT content FROM kept_files WHERE name = @Name", name) is [var kept] ? kept : data.ReadPrivateFile(name);

    /// <summary>Contents of all files of a folder.</summary>
    public IReadOnlyList<string> ReadAll(string folder)
    {
        if (database.Shared) return InRows("SELECT content FROM kept_files WHERE name LIKE @Name ORDER BY name", folder + "/%");
        var path = Path.Combine(data.Root, folder);
        return Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.xml").Order(StringComparer.Ordinal).Select(File.ReadAllText)] : [];
    }

    public void Add(string name, string content)
    {
        if (database.Shared) Agree(name, content);
        else data.WritePrivateFile(name, content);
    }

    /// <returns>What all servers have under this name from now on.</returns>
    private string Agree(string name, string content) => Wait(database.WriteAsync(
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync(
                "INSERT INTO kept_files (name, content, made_at) VALUES (@Name, @Content, @At) ON CONFLICT DO NOTHING",
                new { Name = name, Content = content, At = time.GetUtcNow().ToUnixTimeMilliseconds() },
                transaction);
            return (await connection.ExecuteScalarAsync<string>("SELECT content FROM kept_files WHERE name = @Name", new { Name = name }, transaction))!;
        },
        CancellationToken.None));

    private IReadOnlyList<string> InRows(string sql, string name) => Wait(database.ReadAsync(
        async connection => (IReadOnlyList<string>)(await connection.QueryAsync<string>(sql, new { Name = name })).AsList(), CancellationToken.None));

    // Asked at the start, and by a framework whose interface cannot wait otherwise.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
