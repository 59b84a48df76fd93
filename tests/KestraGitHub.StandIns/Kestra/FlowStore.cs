using System.Text.Json.Nodes;

namespace KestraGitHub.StandIns.Kestra;

internal sealed class FlowRevision
{
    public required string Id { get; init; }

    public required string Namespace { get; init; }

    public required int Revision { get; init; }

    public required string Source { get; init; }

    public bool Disabled { get; init; }

    public bool Draft { get; init; }

    public bool Deleted { get; set; }

    /// <summary>The tombstones of 1.3 have none.</summary>
    public DateTime? Updated { get; set; }

    public IReadOnlyList<(string Key, string Value)> Labels { get; init; } = [];

    public IReadOnlyList<(string Namespace, string Id)> Subflows { get; init; } = [];

    public JsonObject? Body { get; set; }
}

/// <summary>The flows of one tenant with all their revisions. Callers hold the lock of the state.</summary>
internal sealed class FlowStore(KestraStandInOptions options, FlowValidator validator)
{
    private readonly Dictionary<(string Namespace, string Id), List<FlowRevision>> flows = [];
    private DateTime lastWrite = DateTime.MinValue;

    public int Writes { get; private set; }

    public int Deletes { get; private set; }

    public int Count { get; private set; }

    public FlowRevision? Find(string ns, string id) => All(ns, id) is [.., { Deleted: false } last] ? last : null;

    public IReadOnlyList<FlowRevision> All(string ns, string id) => flows.GetValueOrDefault((ns, id)) ?? [];

    /// <summary>What is there, oldest write first.</summary>
    public IEnumerable<FlowRevision> Living() => flows.Values.Select(r => r[^1]).Where(r => !r.Deleted).OrderBy(r => r.Updated);

    public IEnumerable<FlowRevision> In(string ns) => Living().Where(f => f.Namespace == ns);

    /// <summary>A new revision, unless the text says nothing new.</summary>
    public (FlowRevision Flow, bool Written) Write(FlowText text)
    {
        var all = All(text.Namespace!, text.Id!);
        if (all is [.., { Deleted: false } last] && !text.Deleted && last.Disabled == text.Disabled && last.Draft == text.Draft
            && FlowText.Comparable(last.Source) == FlowText.Comparable(text.Source))
        {
            return (last, false);
        }

        var next = new FlowRevision
        {
            Id = text.Id!,
            Namespace = text.Namespace!,
            Revision = all.Count == 0 ? 1 : all[^1].Revision + 1,
            Source = text.Source,
            Disabled = text.Disabled,
            Deleted = text.Deleted,
            Draft = text.Draft,
            Labels = text.Labels,
            Subflows = [.. FlowValidator.Subflows(text)],
            Updated = Now(),
        };
        Append(next);
        Writes++;
        return (next, true);
    }

    /// <summary>Deletion is one more revision with the last text; numbering goes on after it [flow.life].</summary>
    public void Delete(FlowRevision flow)
    {
        Append(new FlowRevision
        {
            Id = flow.Id, Namespace = flow.Namespace, Revision = flow.Revision + 1, Source = flow.Source, Disabled = flow.Disabled,
            Draft = flow.Draft, Labels = flow.Labels, Deleted = true, Updated = options.IsV2 ? Now() : null,
        });
        Deletes++;
    }

    public JsonObject Json(FlowRevision flow, bool withSource)
    {
        var json = (JsonObject)(flow.Body ??= Body(flow)).DeepClone();
        json["deleted"] = flow.Deleted;
        if (flow.Updated is { } updated)
        {
            json["updated"] = Answer.Time(updated);
        }

        if (withSource)
        {
            json["source"] = flow.Source;
        }

        return json;
    }

    private JsonObject Body(FlowRevision flow)
    {
        try
        {
            var text = FlowText.Read(flow.Source, options.IsV2).AsDraft(flow.Draft);
            if (text.Draft)
            {
                // Stored unchecked; what cannot be read comes back as a flow with an exception.
                validator.CheckModel(text);
            }

            return text.ToJson(flow.Revision, options.IsV2, converted: false);
        }
        catch (KestraError e)
        {
            var broken = new JsonObject
            {
                ["id"] = flow.Id, ["namespace"] = flow.Namespace, ["revision"] = flow.Revision, ["disabled"] = flow.Disabled, ["tasks"] = new JsonArray(), ["exception"] = e.Message,
            };
            if (options.IsV2)
            {
                broken["draft"] = false;
            }

            return broken;
        }
    }

    private void Append(FlowRevision revision)
    {
        var key = (revision.Namespace, revision.Id);
        if (!flows.TryGetValue(key, out var all))
        {
            flows[key] = all = [];
        }

        Count += (revision.Deleted ? 0 : 1) - (all is [.., { Deleted: false }] ? 1 : 0);
        all.Add(revision);
    }

    /// <summary>Two writes never carry the same time: the newest must be findable by it [moved.token].</summary>
    private DateTime Now()
    {
        var now = DateTime.UtcNow;
        return lastWrite = now > lastWrite.AddTicks(10) ? now : lastWrite.AddTicks(10);
    }
}
