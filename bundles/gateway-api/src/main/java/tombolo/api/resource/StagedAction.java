package tombolo.api.resource;

/** What a staged policy stands for. */
public enum StagedAction { SET, DELETE, LEARN, IGNORE }
