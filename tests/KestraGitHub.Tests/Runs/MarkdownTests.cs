using KestraGitHub.Runs;

namespace KestraGitHub.Tests.Runs;

public sealed class MarkdownTests
{
    [Theory]
    [InlineData("flow`; @everyone | <img src=x> <!-- -->", "`flow'; @everyone ¦ <img src=x> <!-- -->`")]
    [InlineData("a\\|b", "`a\\¦b`")]
    [InlineData("two\r\nlines\u202eback", "`two  lines back`")]
    [InlineData("``` ", "`'''`")]
    [InlineData(" \n ", "")]
    public void Words_of_strangers_stay_words(string text, string shown) => Assert.Equal(shown, Markdown.Code(text, 300));

    [Theory]
    [InlineData(4, "`abc…`")]
    [InlineData(5, "`abc\U0001F680…`")]
    [InlineData(6, "`abc\U0001F680d`")]
    public void What_is_too_long_is_cut_between_characters(int most, string shown) => Assert.Equal(shown, Markdown.Code("abc\U0001F680d", most));
}
