namespace KestraGitHub.Definitions;

/// <summary>What Pebble's operators mean. They are strict: no text is a boolean, and none is a number.</summary>
internal static class Operators
{
    /// <summary>A value as <c>and</c>, <c>or</c> and <c>not</c> take it.</summary>
    public static bool IsTrue(TemplateValue value, string by) =>
        value.Flag ?? (value.Text is null && value.Why is null ? false : throw value.Why ?? new TemplateException($"`{by}` was given a value that is neither true nor false.", "Compare it: `x == 'true'`."));

    /// <summary>Whether a rendered <c>condition</c> or <c>runIf</c> holds, as Kestra takes it.</summary>
    public static bool Holds(string rendered) => rendered is not ("" or "false" or "0" or "-0");

    public static TemplateValue Apply(string name, TemplateValue left, TemplateValue right)
    {
        // What is missing may be asked for by `is defined` and `??`, and by nothing else.
        if (left.Why is not null || right.Why is not null) throw left.Why ?? right.Why!;
        return name switch
        {
            "==" => TemplateValue.OfFlag(left.Same(right)),
            "!=" => TemplateValue.OfFlag(!left.Same(right)),
            "~" => TemplateValue.OfText(left.Text + right.Text),
            "contains" => TemplateValue.OfFlag(Contains(left, right)),
            _ => TemplateValue.OfFlag(Compare(name, left, right)),
        };
    }

    public static bool Is(string test, TemplateValue value) => test switch
    {
        "defined" => value.Text is not null,
        "null" => value.Text is null,
        _ => value.IsEmpty,
    };

    private static bool Contains(TemplateValue left, TemplateValue right)
    {
        if (left.Text is null) return false;
        if (left.IsList) return (right.IsList ? right.Items() : [right]).All(r => left.Items().Any(l => l.Same(r)));
        if (left.IsMap) return left.Members().Any(m => m.Name == right.Text);
        return left.IsText && right.IsText ? left.Text.Contains(right.Text!, StringComparison.Ordinal)
            : throw new TemplateException("`contains` was given something else than a text, a list or a map.", "Give it a text on both sides, or a list on its left.");
    }

    private static bool Compare(string name, TemplateValue left, TemplateValue right)
    {
        if (left.Text is null || right.Text is null) return false;
        if (left.Number is not { } a || right.Number is not { } b)
            throw new TemplateException($"`{name}` was given something else than numbers.", "Turn a text into a number: `x | number`.");
        return name switch { ">" => a > b, "<" => a < b, ">=" => a >= b, _ => a <= b };
    }
}
