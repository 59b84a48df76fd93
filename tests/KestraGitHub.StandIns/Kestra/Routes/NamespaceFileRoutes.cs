using System.Text;
using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>The files of a namespace.</summary>
internal static class NamespaceFileRoutes
{
    private const string Files = "namespaces/{namespace}/files";

    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state)
    {
        FileStore Store(Call call) => state[call.Tenant].Files;

        routes.Add("GET", Files, call => Content(call, Store(call), options), produces: RouteTable.Binary);
        routes.Add("POST", Files, call => Upload(call, state, options), RouteTable.Multipart);
        routes.Add("PUT", Files, call => Move(call, Store(call)));
        routes.Add("DELETE", Files, call =>
        {
            Store(call).Delete(call["namespace"], At(call.Required("path"))); // An empty path is the root: everything goes [nsfile.paths].
            return Answer.Empty();
        });
        routes.Add("GET", Files + "/search", call => Search(call, Store(call), options));
        routes.Add("GET", Files + "/stats", call =>
        {
            var path = At(call.Single("path") ?? "/");
            return Answer.Json(Row(Store(call).Find(call["namespace"], path) ?? throw Missing(path, call["namespace"])));
        });
        routes.Add("GET", Files + "/directory", call => List(call, Store(call)));
        routes.Add("POST", Files + "/directory", call =>
        {
            Store(call).MakeDirectory(call["namespace"], At(call.Single("path") ?? "/"));
            return Answer.Empty();
        });
        routes.Add("GET", Files + "/revisions", call => Revisions(call, Store(call)));
        routes.Add("GET", Files + "/export", call => Export(call, state, options), produces: RouteTable.Binary);
    }

    /// <summary>The path as it is looked up: a space has become `+` on the way [nsfile.names].</summary>
    private static string At(string given)
    {
        Forbid(given);
        return Normal(given.Replace(' ', '+'));
    }

    private static string Normal(string path)
    {
        path = path.Replace('\\', '/');
        if (path.Split('/').Contains(".."))
        {
            throw KestraError.IllegalArgument("File should be accessed with their full path and not using relative '..' path.");
        }

        return "/" + path.Trim('/');
    }

    /// <summary>Only with its leading slash is the folder reserved [nsfile.flows-folder: without leading slash].</summary>
    private static void Forbid(string path)
    {
        if (path == "/_flows" || path.StartsWith("/_flows/", StringComparison.Ordinal))
        {
            throw KestraError.IllegalArgument($"Forbidden path: {path}");
        }
    }

    private static KestraError Missing(string path, string ns) => KestraError.NotFound($"File '{path}' was not found in namespace '{ns}'.");

    private static Answer Content(Call call, FileStore files, KestraStandInOptions options)
    {
        var (path, ns, revision) = (At(call.Required("path")), call["namespace"], call.Number("revision"));
        if (files.Find(ns, path) is { IsDirectory: true })
        {
            throw KestraError.NotFound(options.IsV2 ? $"'{path}' is a directory in namespace '{ns}', it has no content to read." : $"/storage{path} (Is a directory)");
        }

        return Answer.Bytes(files.Content(ns, path, revision) ?? throw (revision is null
            ? Missing(path, ns)
            : KestraError.NotFound($"{(options.IsV2 ? "Revision" : "Version")} {revision} of file '{path}' was not found in namespace '{ns}'.")));
    }

    private static Answer Upload(Call call, KestraState state, KestraStandInOptions options)
    {
        var path = call.Required("path");
        var part = call.Parts.FirstOrDefault(p => p.Name == "fileContent") ?? throw new KestraError(500, "Internal server error: Required Part [fileContent] not specified");
        if (part.FileName?.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) == true)
        {
            // The name of the part decides, not the path: an archive is unpacked at the root [nsfile.unzip].
            foreach (var (name, content) in FlowImportRoutes.Entries(part.Content))
            {
                var entry = "/" + name;
                if (entry.StartsWith("/_flows/", StringComparison.Ordinal))
                {
                    ImportFlow(call, state, options, entry, content);
                }
                else
                {
                    state[call.Tenant].Files.Put(call["namespace"], Entry(entry, options), content);
                }
            }
        }
        else if (path.StartsWith("/_flows/", StringComparison.Ordinal))
        {
            ImportFlow(call, state, options, path, part.Content);
        }
        else
        {
            state[call.Tenant].Files.Put(call["namespace"], At(path), part.Content);
        }

        return Answer.Empty();
    }

    /// <summary>Where an entry of an archive goes. An absolute name is read as a host and lost; 1.3 reads the whole name as a URI.</summary>
    private static string Entry(string entry, KestraStandInOptions options)
    {
        if (entry.StartsWith("//", StringComparison.Ordinal))
        {
            entry = entry[2..].IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? entry[(2 + slash)..] : "/";
        }

        if (options.IsV2)
        {
            return Normal(entry);
        }

        if (entry.IndexOfAny([' ', '"', '<', '>', '[', ']', '^', '`', '{', '|', '}']) is >= 0 and var at)
        {
            throw KestraError.IllegalArgument($"Illegal character in path at index {at}: {entry}");
        }

        return Normal(Uri.UnescapeDataString(entry.Split('#', '?')[0]));
    }

    private static void ImportFlow(Call call, KestraState state, KestraStandInOptions options, string path, byte[] content)
    {
        if (path.Split('/').Length != 3)
        {
            throw KestraError.IllegalArgument($"Invalid flow file path: {path}");
        }

        var source = FlowBulkRoutes.NamespaceLine().Replace(Encoding.UTF8.GetString(content), $"namespace: {call["namespace"]}", 1);
        FlowImportRoutes.Store(source, state[call.Tenant].Flows, options, state.Validator);
    }

    private static Answer Move(Call call, FileStore files)
    {
        var (from, to) = (call.Required("from"), call.Required("to"));
        foreach (var (name, value) in new[] { ("from", from), ("to", to) })
        {
            if (value.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var at)
            {
                throw KestraError.Conversion(name, value, $"Illegal character in path at index {at}: {value}");
            }
        }

        Forbid(from);
        Forbid(to);
        files.Move(call["namespace"], Normal(from), Normal(to));
        return Answer.Empty();
    }

    private static Answer Search(Call call, FileStore files, KestraStandInOptions options)
    {
        var q = call.Required("q");

        // An empty q finds all on 1.3 and nothing on 2.0; a slash finds all on both [nsfile.list].
        return Answer.Strings(q.Length == 0 && options.IsV2 ? [] : files.Files(call["namespace"]).Where(f => FlowFilter.Contains(f.Path, q)).Select(f => f.Path));
    }

    private static Answer List(Call call, FileStore files)
    {
        var (path, ns) = (At(call.Single("path") ?? "/"), call["namespace"]);
        return files.Find(ns, path) is null ? throw KestraError.NotFound($"Directory not found: {path}") : Answer.List(files.Children(ns, path).Select(Row));
    }

    private static Answer Revisions(Call call, FileStore files)
    {
        var path = At(call.Single("path") ?? "/");
        var file = files.Find(call["namespace"], path);
        return file is null || (file.IsDirectory && path != "/")
            ? throw KestraError.NotFound($"File not found: {path}")
            : Answer.List(Enumerable.Range(1, file.Revision).Select(r => (JsonNode?)new JsonObject { ["revision"] = r }));
    }

    private static Answer Export(Call call, KestraState state, KestraStandInOptions options)
    {
        var (tenant, ns) = (state[call.Tenant], call["namespace"]);
        var entries = tenant.Files.Files(ns).Select(f => (f.Path[1..], tenant.Files.Content(ns, f.Path)!));
        if (!options.ProblemDetails)
        {
            // 2.0.0 is said to leave the flows out; the recorded servers put them in [nsfile.export].
            entries = entries.Concat(tenant.Flows.In(ns).Select(f => ($"_flows/{f.Id}.yml", Encoding.UTF8.GetBytes(f.Source))));
        }

        return Answer.Zip($"{ns}_files.zip", entries);
    }

    private static JsonObject Row(FileEntry entry) => new()
    {
        ["type"] = entry.IsDirectory ? "Directory" : "File",
        ["size"] = entry.Size,
        ["fileName"] = entry.Name,
        ["lastModifiedTime"] = entry.Modified,
        ["creationTime"] = entry.Created,
        ["metadata"] = new JsonObject(),
    };
}
