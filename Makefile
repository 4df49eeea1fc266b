# One command for each thing a newcomer wants; `make` alone lists them.

PYTHON = python3
# Always through this one program: it alone still works after the folder was moved.
VENV_PYTHON = .venv/bin/python

# Settings come from make's command line alone: the environment may well hold a LANGUAGE
# (gettext's, "en_US:en") or an OUT that means something else.
given = $(if $(filter command,$(origin $1)),$($1),$2)
# One word to the shell, whatever is in it: apostrophes too. $(strip) would take blanks out of it.
quoted = '$(subst ','\'',$(call given,$1,$2))'
passed_on = $(if $(call given,$1),--$2 $(call quoted,$1))

any_options = \
  --language $(call quoted,LANGUAGE,bn) \
  $(call passed_on,VOICE,voice) \
  $(call passed_on,WORKERS,workers) \
  $(call passed_on,RECORDING,recording) \
  $(call passed_on,OUT,out)

# What a film is looked at in is for the film in the bundle to say, if nobody else does.
look_options = $(call passed_on,QUALITY,quality) $(any_options)

options = --quality $(call quoted,QUALITY,full) $(any_options) $(call passed_on,CLUSTER,cluster)

camera_options = \
  --camera $(call quoted,CAMERA,0) \
  --mode $(call quoted,MODE,auto-detect)

bench_options = \
  --episode $(call quoted,EPISODE,convolution) \
  --quality $(call quoted,QUALITY,full) \
  --language $(call quoted,LANGUAGE,bn) \
  $(call passed_on,SCENES,scenes) \
  $(call passed_on,OUT,out)

# The film alone says how it was made: it is checked as it lies there.
published = $(call quoted,EPISODE,convolution) --language $(call quoted,LANGUAGE,bn) \
  $(call passed_on,OUT,out)

publish_options = \
  --privacy $(call quoted,PRIVACY,private) \
  $(call passed_on,SCHEDULE,schedule) \
  $(call passed_on,PLAYLIST,playlist) \
  $(if $(call given,DRY_RUN),--dry-run)

.DEFAULT_GOAL := help
.PHONY: help new publish episode scene storyboard check watch live record list doctor test lint bench setup setup-dev clean

help:
	@echo "make episode    the whole film, from nothing (EPISODE=convolution QUALITY=full LANGUAGE=bn;"
	@echo "                also VOICE= WORKERS= RECORDING= CLUSTER= OUT=;"
	@echo "                QUALITY is draft, preview, full or 4k)"
	@echo "make new        an episode that renders at once, NAME=my_film (also FROM=convolution TITLE=)"
	@echo "make scene      one scene anew, SCENE=convolution/sliding_window, with the same settings"
	@echo "make storyboard every beat on one page, without rendering the film, with the same settings"
	@echo "make check      what is wrong with script, stage, captions and film (QUALITY= if not the film's)"
	@echo "make watch      the same in a browser, new whenever you save (also PORT=)"
	@echo "make live       the card recognizer before your camera (CAMERA=0, a file or simulated; MODE=)"
	@echo "make record     the same, captured into recordings/ (also SECONDS= OUT=)"
	@echo "make publish    the finished film, checked, to YouTube; private unless PRIVACY=unlisted or public"
	@echo "                (EPISODE= LANGUAGE= SCHEDULE='2026-12-01 18:00' PLAYLIST= OUT=; DRY_RUN=1"
	@echo "                only shows what would be sent); first: docs/publishing.md"
	@echo "make list       episodes, scenes, beats and how long they are"
	@echo "make doctor     what this machine has and lacks, and the command that mends it"
	@echo "make test       lint, types and tests"
	@echo "make lint       lint and types alone"
	@echo "make bench      the usual way of making the film against ours, in seconds and memory"
	@echo "                (SCENES=relu,stride for a short run; also QUALITY= LANGUAGE= EPISODE= OUT=)"
	@echo "make setup      only the installation that all of these begin with"
	@echo "make clean      removes build/, and nothing else"

episode: setup
	@$(VENV_PYTHON) render.py episode $(call quoted,EPISODE,convolution) $(options)

new: setup
	@$(VENV_PYTHON) render.py new $(call quoted,NAME) $(call passed_on,FROM,from) $(call passed_on,TITLE,title)

scene: setup
	@$(VENV_PYTHON) render.py scene $(call quoted,SCENE,convolution/sliding_window) $(options)

storyboard: setup
	@$(VENV_PYTHON) render.py storyboard $(call quoted,EPISODE,convolution) $(look_options)

check: setup
	@$(VENV_PYTHON) render.py check $(call quoted,EPISODE,convolution) $(look_options)

watch: setup
	@$(VENV_PYTHON) render.py watch $(call quoted,EPISODE,convolution) $(look_options) \
	  $(call passed_on,PORT,port)

live: setup
	@$(VENV_PYTHON) render.py live $(camera_options)

record: setup
	@$(VENV_PYTHON) render.py record $(camera_options) \
	  $(call passed_on,SECONDS,seconds) $(call passed_on,OUT,out)

# A dry run also shows what would be sent where something is wrong; it says so in the end.
publish: setup
	@$(VENV_PYTHON) render.py check $(published) $(if $(call given,DRY_RUN),|| true)
	@$(VENV_PYTHON) render.py publish $(published) $(publish_options)

list: setup
	@$(VENV_PYTHON) render.py list

# Installs nothing, and runs on a bare Python where there is no .venv yet.
doctor:
	@$(if $(wildcard $(VENV_PYTHON)),$(VENV_PYTHON),$(PYTHON)) render.py doctor

test: lint
	@$(VENV_PYTHON) -m pytest -n 2 --dist loadscope --max-worker-restart 0

lint: setup-dev
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@$(VENV_PYTHON) -m mypy

bench: setup-dev
	@$(VENV_PYTHON) benchmarks/film.py $(bench_options)

setup:
	@$(PYTHON) cnnviz/bootstrap.py

setup-dev:
	@$(PYTHON) cnnviz/bootstrap.py --dev

clean:
	rm -rf build
