using KestraGitHub.Runs;

namespace KestraGitHub.Tests.Runs;

public sealed class RefusedLineTests
{
    private const string Flow = """
        id: etl
        namespace: prod
        labels:
          team: data
        tasks:
          - id: one
            type: io.kestra.plugin.core.log.Log
            message: x
          - id: two
            type: io.kestra.plugin.nope.Nope
            nonsense: 1
        """;

    [Theory]
    [InlineData("it is no YAML: line 7, column 2: mapping values are not allowed", 7L)]
    [InlineData("No content to map due to end-of-input (at line 3)", 3L)]
    [InlineData("Cannot deserialize, line: 4", 4L)]
    [InlineData("Invalid type: io.kestra.plugin.nope.Nope", 10L)]
    [InlineData("Unrecognized field \"nonsense\" (class io.kestra.core.models.flows.Flow)", 11L)]
    [InlineData("tasks: must not be empty", 5L)]
    [InlineData("tasks[1].type: must not be null", 10L)]
    [InlineData("tasks[1].message: must not be null", 9L)]
    [InlineData("labels.team: must not be blank", 4L)]
    [InlineData("tasks[7].id: must not be null", 5L)]
    [InlineData("triggers[0].cron: must not be null", null)]
    [InlineData("Kestra refuses it without a reason", null)]
    public void The_line_is_found_by_what_the_words_say(string reason, long? line) => Assert.Equal(line, RefusedLine.Of(Flow, reason));

    [Fact]
    public void Without_the_text_only_a_number_tells()
    {
        Assert.Equal(12, RefusedLine.Of(null, "twice (again at line 12)"));
        Assert.Null(RefusedLine.Of(null, "tasks: must not be empty"));
        Assert.Null(RefusedLine.Of("{ broken: [", "tasks: must not be empty"));
    }
}
