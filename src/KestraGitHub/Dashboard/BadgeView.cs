namespace KestraGitHub.Dashboard;

/// <summary>The colours of a state. Never alone: a badge has a shape and a word beside it.</summary>
public enum Tone { Ok, Bad, Warn, Info, Idle }

/// <param name="Icon">A symbol of <c>icons.svg</c>.</param>
public sealed record BadgeView(Tone Tone, string Icon, string Word);
