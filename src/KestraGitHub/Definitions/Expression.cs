namespace KestraGitHub.Definitions;

/// <summary>One <c>{{ … }}</c>, parsed. The set is closed: what is not here is refused when the definition loads.</summary>
internal abstract record Expression
{
    public sealed record Literal(TemplateValue Value) : Expression;

    public sealed record ListOf(IReadOnlyList<Expression> Items) : Expression;

    public sealed record MapOf(IReadOnlyList<(Expression Key, Expression Value)> Members) : Expression;

    public sealed record SecretOf(string Name) : Expression;

    public sealed record Env(string Name) : Expression;

    public sealed record Flow(string Member) : Expression;

    /// <summary>A value that stands in the flow itself.</summary>
    /// <param name="Root"><c>vars</c>, <c>inputs</c> or <c>labels</c>.</param>
    public sealed record Stored(string Root, IReadOnlyList<PathStep> Path) : Expression;

    /// <param name="Path">As in <see cref="Definition.PayloadPaths"/>.</param>
    public sealed record Payload(string Path) : Expression;

    /// <summary>What the loop around a task is at.</summary>
    /// <param name="Member"><c>value</c>, <c>index</c> or <c>key</c>.</param>
    /// <param name="Parent">Null for the nearest loop; else as Kestra counts the parents of a task (<c>parents[0]</c>), or of a loop's item.</param>
    public sealed record LoopItem(string Member, int? Parent, bool OfItem) : Expression;

    /// <summary>What an earlier task of the flow gave: its id, values of loops around it, the name of the output.</summary>
    public sealed record Output(IReadOnlyList<Expression> Steps) : Expression;

    public sealed record Kv(Expression Key, Expression? Namespace, Expression? ErrorOnMissing) : Expression;

    /// <summary>Of the run itself: <c>now()</c>, <c>execution.id</c>, <c>execution.startDate</c>.</summary>
    public sealed record OfRun(string Name) : Expression;

    /// <summary><c>json('…')</c>: a text read as JSON.</summary>
    public sealed record OfJson(Expression Input) : Expression;

    /// <summary>A member or an item of a value that is known only when it is rendered.</summary>
    public sealed record Part(Expression Input, Expression Step) : Expression;

    public sealed record Not(Expression Input) : Expression;

    public sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;

    /// <summary><c>left ?? right</c>.</summary>
    public sealed record Coalesce(Expression Left, Expression Right) : Expression;

    public sealed record Ternary(Expression Condition, Expression Then, Expression Else) : Expression;

    /// <summary><c>x is null</c>, <c>x is not empty</c>.</summary>
    public sealed record Test(Expression Input, string Name, bool Negated) : Expression;

    public sealed record Filter(string Name, Expression Input, IReadOnlyList<Expression> Arguments) : Expression;

    /// <summary>The expression and everything in it.</summary>
    public IEnumerable<Expression> All()
    {
        yield return this;
        IEnumerable<Expression?> children = this switch
        {
            ListOf list => list.Items,
            MapOf map => map.Members.SelectMany(m => (Expression?[])[m.Key, m.Value]),
            Output output => output.Steps,
            Kv kv => (Expression?[])[kv.Key, kv.Namespace, kv.ErrorOnMissing],
            OfJson json => [json.Input],
            Part part => [part.Input, part.Step],
            Not not => [not.Input],
            Binary b => [b.Left, b.Right],
            Coalesce c => [c.Left, c.Right],
            Ternary t => [t.Condition, t.Then, t.Else],
            Test test => [test.Input],
            Filter f => [f.Input, .. f.Arguments],
            _ => [],
        };
        foreach (var child in children)
            if (child is not null)
                foreach (var inner in child.All()) yield return inner;
    }
}
