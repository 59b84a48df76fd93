using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace KestraGitHub.StandIns.Kestra.Routes;

/// <summary>The import of files with flows; checks less than every other way in.</summary>
internal static partial class FlowImportRoutes
{
    public static void Add(RouteTable routes, KestraStandInOptions options, KestraState state) =>
        routes.Add("POST", "flows/import", call => Import(call, options, state), RouteTable.Multipart);

    /// <summary>Creates pass unchecked but for types: empty tasks, reserved ids and upper-case namespaces come in [import.lenient].</summary>
    public static void Store(string source, FlowStore flows, KestraStandInOptions options, FlowValidator validator)
    {
        var text = FlowText.Read(source, options.IsV2);
        if (text.Namespace is null || text.Id is null)
        {
            throw new KestraError(500, "Internal server error: SQL [insert into flows (\"key\", \"value\", \"source_code\") values (?, ?, ?)]; NULL not allowed for column \"namespace\"");
        }

        if (flows.Find(text.Namespace, text.Id) is null)
        {
            if (!text.Draft)
            {
                validator.CheckModel(text, lenient: !options.IsV2);
            }
        }
        else
        {
            validator.Check(text, lenient: !options.IsV2);
        }

        flows.Write(text);
    }

    public static IEnumerable<(string Name, byte[] Content)> Entries(byte[] zip)
    {
        ZipArchive archive;
        try
        {
            archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
        }
        catch (InvalidDataException)
        {
            yield break; // What is no archive has no entries and is no error [nsfile.unzip: not a zip].
        }

        using (archive)
        {
            foreach (var entry in archive.Entries.Where(e => !e.FullName.EndsWith('/')))
            {
                using var content = new MemoryStream();
                using (var stream = entry.Open())
                {
                    stream.CopyTo(content);
                }

                yield return (entry.FullName, content.ToArray());
            }
        }
    }

    private static Answer Import(Call call, KestraStandInOptions options, KestraState state)
    {
        var part = call.Parts.FirstOrDefault(p => p.Name == "fileUpload") ?? throw new KestraError(500, "Internal server error: Required Part [fileUpload] not specified");
        if (part.FileName is not { } name)
        {
            throw new KestraError(422, "Internal server error: Cannot convert type [class io.micronaut.http.server.netty.MicronautHttpData$AttributeImpl] to target type: " +
                "interface io.micronaut.http.multipart.CompletedFileUpload. Considering defining a TypeConverter bean to handle this case.");
        }

        var suffix = name.LastIndexOf('.') is >= 0 and var dot ? name[dot..] : null;
        var documents = suffix?.ToUpperInvariant() switch
        {
            ".YML" or ".YAML" => Marker().Split(part.Text).Select((d, i) => ($"{name}(flow number: {i})", d)),
            ".ZIP" => Entries(part.Content).Where(e => e.Name.EndsWith(".yml", StringComparison.Ordinal) || e.Name.EndsWith(".yaml", StringComparison.Ordinal))
                .Select(e => (e.Name, Encoding.UTF8.GetString(e.Content))),
            null when !options.IsV2 => throw new KestraError(500, $"Internal server error: Range [-1, {name.Length}) out of bounds for length {name.Length}"),
            _ => throw KestraError.IllegalArgument($"Cannot import file of type {suffix ?? name}"),
        };
        var failed = new List<string>();
        foreach (var (label, source) in documents)
        {
            try
            {
                Store(source, state[call.Tenant].Flows, options, state.Validator);
            }
            catch (KestraError)
            {
                failed.Add(label);
            }
        }

        return failed.Count > 0 && call.Flag("failOnError")
            ? throw KestraError.IllegalArgument($"Following invalid flows were not imported: {string.Join(", ", failed)}")
            : Answer.Strings(failed);
    }

    [GeneratedRegex("^---", RegexOptions.Multiline)]
    private static partial Regex Marker();
}
