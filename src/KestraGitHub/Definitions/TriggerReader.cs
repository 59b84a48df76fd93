namespace KestraGitHub.Definitions;

/// <summary>Reads the triggers of a flow that can start a sync, and says what becomes of the others.</summary>
internal sealed class TriggerReader(LoadContext load, PluginDefaults defaults)
{
    private const int MaxKey = 256;

    private readonly HashSet<string> _ids = [];

    public List<WebhookTrigger> Webhooks { get; } = [];

    public List<ScheduleTrigger> Schedules { get; } = [];

    /// <summary>What triggers that can start a sync give for the flow's inputs, by their ids; null members count as given by nobody.</summary>
    public static IReadOnlyDictionary<string, MapValue> InputsOf(PropertyValue? triggers)
    {
        var inputs = new Dictionary<string, MapValue>(StringComparer.Ordinal);
        foreach (var map in (triggers as ListValue)?.Items.OfType<MapValue>() ?? [])
            if (map["type"] is ScalarValue { Text: { } type } && (FlowMembers.IsWebhook(type) || FlowMembers.IsSchedule(type)) && map["id"] is ScalarValue { Text: { } id })
                inputs[id] = map["inputs"] as MapValue ?? new MapValue([], map.Line, map.Column);
        return inputs;
    }

    public void Read(PropertyValue? triggers)
    {
        if (triggers is null or ScalarValue { Text: null }) return;
        if (triggers is not ListValue list) load.Faults.Add(triggers, "`triggers` is no list.", "Write each trigger after a dash.");
        else foreach (var item in list.Items) ReadOne(item);
    }

    private void ReadOne(PropertyValue item)
    {
        if (item is not MapValue map || map["type"] is not ScalarValue { Text: { } type })
        {
            load.Faults.Add(item, "A trigger has no type.", "Write `id:` and `type:`.");
            return;
        }

        var id = (map["id"] as ScalarValue)?.Text;
        if (!FlowMembers.IsWebhook(type) && !FlowMembers.IsSchedule(type))
        {
            load.Warnings.Add(item, $"The trigger {id} ({type}) starts no sync here.", "Use a Webhook or a Schedule.");
            return;
        }

        map = defaults.Apply(map);
        var name = $"the trigger {id ?? $"at line {item.Line}"}";
        var specs = FlowMembers.IsWebhook(type) ? FlowMembers.Webhook : FlowMembers.Schedule;
        PropertyChecker.Check(map, name, [.. specs, .. FlowMembers.TriggerCommon], load.Faults);
        if (id is not null && !_ids.Add(id)) load.Faults.Add(map["id"]!, $"Two triggers have the id {id}.", "Give one of them another id.");
        RefuseConditions(map, name);
        var disabled = load.Flag($"`disabled` of {name}", map["disabled"], false);
        if (FlowMembers.IsWebhook(type)) ReadWebhook(map, id ?? "", name, disabled);
        else ReadSchedule(map, id ?? "", name, disabled);
    }

    // A condition that is not looked at would start runs that its author ruled out.
    private void RefuseConditions(MapValue map, string name)
    {
        foreach (var member in (string[])["conditions", "scheduleConditions", "when", "stopAfter", "pluginDefaultsRef"])
        {
            var value = map[member];
            if (value is null or ScalarValue { Text: null } or ListValue { Items.Count: 0 }) continue;
            if (member == "when" && value is ScalarValue { Text: { } text } && PropertyChecker.Boolean(text) == true) continue;
            if (member == "stopAfter")
                load.Warnings.Add(value, $"`stopAfter` of {name} is not carried out.", "Disable the trigger by hand where that is wanted.");
            else
                load.Faults.Add(value, $"`{member}` of {name} cannot be evaluated here.",
                    member == "pluginDefaultsRef" ? "Write the values at the trigger."
                        : $"Remove it; `{FlowMembers.Own}.branches` and `.paths` choose which pushes count.");
        }
    }

    private void ReadWebhook(MapValue map, string id, string name, bool disabled)
    {
        foreach (var member in (string[])["wait", "returnOutputs", "responseCode", "responseContentType"])
            if (map[member] is { } unused and not ScalarValue { Text: null or "false" })
                load.Warnings.Add(unused, $"`{member}` of {name} has no effect here: a delivery is answered at once.", "Remove it.");
        if (map["key"] is not ScalarValue { Text: not null } value) return;
        if (load.Render($"`key` of {name}", value) is not { } key) return;
        if (string.IsNullOrWhiteSpace(key))
            load.Faults.Add(value, $"`key` of {name} is empty.", "Write a key that nobody can guess, or `{{ secret('NAME') }}`.");
        else if (key.Length > MaxKey) load.Faults.Add(value, $"`key` of {name} has more than {MaxKey} characters.", "Write a shorter key.");
        else
        {
            if (key is "." or "..") load.Warnings.Add(value, $"`key` of {name} cannot be called: every client takes it out of an address.", "Write a key that nobody can guess.");
            Webhooks.Add(new WebhookTrigger(id, new Secret(key), disabled));
        }
    }

    private void ReadSchedule(MapValue map, string id, string name, bool disabled)
    {
        var withSeconds = load.Flag($"`withSeconds` of {name}", map["withSeconds"], false);
        var zone = map["timezone"] is ScalarValue { Text: not null } zoneValue ? load.Render($"`timezone` of {name}", zoneValue) : "UTC";
        if (zone is "Etc/UTC" or "GMT" or "Z") zone = "UTC";
        if (zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            load.Faults.Add(map["timezone"]!, $"`timezone` of {name} is not known.", "Write an IANA name such as `Europe/Paris`.");
        if (map["cron"] is not ScalarValue { Text: not null } value || load.Render($"`cron` of {name}", value) is not { } cron) return;
        try
        {
            CronTranslator.Translate(cron, withSeconds);
            Schedules.Add(new ScheduleTrigger(id, cron, withSeconds, zone ?? "UTC", disabled));
        }
        catch (FormatException e)
        {
            var why = Template.LooksLike(value.Text) ? "renders to no cron." : $"cannot be read: {e.Message}";
            load.Faults.Add(value, $"`cron` of {name} {why}", "Write a unix cron such as `*/15 * * * *`.");
        }
    }
}
